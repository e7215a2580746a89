#include <map>
#include <memory>
#include <tuple>

#include <fmt/format.h>

#include "cases/sample.hpp"
#include "cases/workload.hpp"
#include "disk/cold.hpp"
#include "run/interrupt.hpp"
#include "varve/selection.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t events_per_stream = 10;
constexpr std::size_t load_batch = 1000;
/// So few of a hundred thousand streams that hardly a page is read twice.
constexpr std::uint64_t cold_reads_max = 2000;

/// One contender's loaded store.
struct ReadSet {
    Path folder;
    std::unique_ptr<Subject> subject;
    double bytes_per_event = 0;
};

/// The stores that the read cases share, each made when it is first asked for.
class ReadSets {
public:
    explicit ReadSets(const Ground& ground)
        : ground_(ground), samples_(ground.scale.read_events / events_per_stream, Spread::turns) {}
    ReadSets(const ReadSets&) = delete;
    ReadSets& operator=(const ReadSets&) = delete;
    ~ReadSets() {
        for (auto& [name, set] : sets_) {
            std::ignore = set.subject->close();
            ground_.scratch.remove(set.folder);
        }
    }

    [[nodiscard]] const Samples& samples() const { return samples_; }
    [[nodiscard]] const Ground& ground() const { return ground_; }

    /// `tagged`: a store of its own, so that tags weigh on nobody else's figures.
    Result<ReadSet*> of(const Contender& contender, bool tagged = false) {
        const std::string name = contender.name + (tagged ? " tagged" : "");
        if (const auto found = sets_.find(name); found != sets_.end()) return &found->second;
        ReadSet set{.folder = ground_.scratch.fresh("read " + name), .subject = contender.make()};
        if (auto worked = load(set, contender, tagged); !worked) return std::move(worked).error();
        return &sets_.emplace(name, std::move(set)).first->second;
    }

private:
    Result<> load(ReadSet& set, const Contender& contender, bool tagged) {
        Subject& subject = *set.subject;
        auto worked = subject.create(set.folder, Durability::buffered);
        Batch batch(samples_, load_batch);
        for (std::uint64_t first = 0; worked && first < ground_.scale.read_events; first += load_batch) {
            const auto events = batch.fill(first, 1);
            worked = interrupted() ? Result<>(Error{Code::cancelled, "interrupted"})
                     : tagged      ? subject.append_tagged(events, false)
                                   : subject.append(events);
        }
        if (worked) worked = subject.settle();
        if (worked && contender.persistent) {
            worked = subject.close();
            set.bytes_per_event =
                static_cast<double>(bytes_on_disk(set.folder)) / static_cast<double>(ground_.scale.read_events);
            if (worked) worked = subject.open(set.folder, Durability::durable);
        }
        return worked ? read_back(subject, samples_, ground_.scale.read_events) : std::move(worked);
    }

    const Ground& ground_;
    Samples samples_;
    std::map<std::string, ReadSet> sets_;
};

using Shared = std::shared_ptr<ReadSets>;

enum class What : std::uint8_t { last, stream, tagged };

/// One reader a thread; every read asks for a stream, or for its tags, chosen as if by dice.
Result<Figure> read_streams(const Shared& sets, const Contender& contender, unsigned threads, What what) {
    auto set = sets->of(contender, what == What::tagged);
    if (!set) return std::move(set).error();
    struct alignas(64) Place {
        std::unique_ptr<Reader> reader;
        Touch touch;
        std::uint64_t random = 0;
    };
    std::vector<Place> places(threads);
    for (Place& place : places) {
        auto reader = (*set)->subject->reader();
        if (!reader) return std::move(reader).error();
        place.reader = std::move(*reader);
        place.random = 88172645463325252U + static_cast<std::uint64_t>(&place - places.data());
    }
    const Samples& samples = sets->samples();
    const auto read_one = [&](unsigned thread, std::uint64_t) {
        Place& place = places[thread];
        place.random = place.random * 6364136223846793005U + 1442695040888963407U;
        const std::string_view name = samples.stream_name((place.random >> 33) % samples.streams());
        switch (what) {
            case What::last: return place.reader->last(name, place.touch);
            case What::stream: return place.reader->stream(name, place.touch);
            case What::tagged: break;
        }
        return place.reader->tagged(name, place.touch);
    };
    const Scale& scale = sets->ground().scale;
    auto warm = run_threads(threads, {scale.warm_up, no_limit}, read_one);
    if (!warm) return std::move(warm).error();
    auto timed = run_threads(threads, {scale.measure, no_limit}, read_one);
    if (!timed) return std::move(timed).error();

    std::uint64_t seen = 0;
    for (const Place& place : places) seen += place.touch.events();
    const std::uint64_t expected =
        (warm->operations + timed->operations) * (what == What::last ? 1 : events_per_stream);
    if (seen != expected)
        return Error{Code::data_loss, fmt::format("{} events should have been read, {} were", expected, seen)};
    return Figure{.value = static_cast<double>(timed->operations) / timed->time.count(),
                  .p50_us = timed->latencies.microseconds(0.5),
                  .p99_us = timed->latencies.microseconds(0.99)};
}

/// Closes the store and opens it again with nothing of it in the page cache.
Result<> chill(ReadSet& set) {
    if (auto worked = set.subject->close(); !worked) return worked;
    forget_pages(set.folder);
    return set.subject->open(set.folder, Durability::durable);
}

/// As read_streams with one reader and an empty page cache. The bare log stands for the disk: as many random reads as
/// there are events, of a page each, without an index to be asked.
Result<Figure> read_cold(const Shared& sets, const Contender& contender, What what) {
    const Scale& scale = sets->ground().scale;
    if (contender.name == "bare log") {
        const Path folder = sets->ground().scratch.path() / "cold";
        std::filesystem::create_directories(folder);
        auto pages = random_reads(folder, scale.measure);
        if (!pages) return std::move(pages).error();
        return Figure{.value = *pages / events_per_stream};
    }
    auto set = sets->of(contender, what == What::tagged);
    if (!set) return std::move(set).error();
    if (auto worked = chill(**set); !worked) return std::move(worked).error();
    auto reader = (*set)->subject->reader();
    if (!reader) return std::move(reader).error();
    Touch touch;
    const Samples& samples = sets->samples();
    std::uint64_t random = 88172645463325252U;
    auto timed = run_threads(1, {scale.measure, cold_reads_max}, [&](unsigned, std::uint64_t) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const std::string_view name = samples.stream_name((random >> 33) % samples.streams());
        return what == What::tagged ? (*reader)->tagged(name, touch) : (*reader)->stream(name, touch);
    });
    if (!timed) return std::move(timed).error();
    if (touch.events() != timed->operations * events_per_stream) {
        return Error{Code::data_loss, "a cold read did not see every event"};
    }
    return Figure{.value = static_cast<double>(timed->operations) / timed->time.count(),
                  .p50_us = timed->latencies.microseconds(0.5),
                  .p99_us = timed->latencies.microseconds(0.99)};
}

Result<Figure> replay_cold(const Shared& sets, const Contender& contender) {
    auto set = sets->of(contender);
    if (!set) return std::move(set).error();
    if (auto worked = chill(**set); !worked) return std::move(worked).error();
    auto reader = (*set)->subject->reader();
    if (!reader) return std::move(reader).error();
    Touch touch;
    const auto start = std::chrono::steady_clock::now();
    if (auto worked = (*reader)->replay(touch); !worked) return std::move(worked).error();
    const Seconds time = std::chrono::steady_clock::now() - start;
    if (touch.events() != sets->ground().scale.read_events) {
        return Error{Code::data_loss, "a replay did not see every event"};
    }
    return Figure{.value = static_cast<double>(touch.events()) / time.count()};
}

Result<Figure> replay(const Shared& sets, const Contender& contender) {
    auto set = sets->of(contender);
    if (!set) return std::move(set).error();
    auto reader = (*set)->subject->reader();
    if (!reader) return std::move(reader).error();
    Touch touch;
    const Scale& scale = sets->ground().scale;
    auto timed =
        run_threads(1, {scale.measure, no_limit}, [&](unsigned, std::uint64_t) { return (*reader)->replay(touch); });
    if (!timed) return std::move(timed).error();
    if (touch.events() != timed->operations * scale.read_events) {
        return Error{Code::data_loss, "a replay did not see every event"};
    }
    return Figure{.value = static_cast<double>(touch.events()) / timed->time.count()};
}

/// From a clean close to the first event read.
Result<Figure> reopen(const Shared& sets, const Contender& contender) {
    auto set = sets->of(contender);
    if (!set) return std::move(set).error();
    Subject& subject = *(*set)->subject;
    if (auto worked = subject.close(); !worked) return std::move(worked).error();
    const auto start = std::chrono::steady_clock::now();
    if (auto worked = subject.open((*set)->folder, Durability::durable); !worked) return std::move(worked).error();
    auto reader = subject.reader();
    if (!reader) return std::move(reader).error();
    Touch touch;
    if (auto worked = (*reader)->last(sets->samples().stream_name(0), touch); !worked) return std::move(worked).error();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (touch.events() != 1) return Error{Code::data_loss, "the reopened store does not know the first stream"};
    return Figure{.value = time.count()};
}

Result<Figure> disk_use(const Shared& sets, const Contender& contender) {
    auto set = sets->of(contender);
    if (!set) return std::move(set).error();
    return Figure{.value = (*set)->bytes_per_event};
}

}  // namespace

std::vector<Case> read_cases(const Ground& ground) {
    const auto sets = std::make_shared<ReadSets>(ground);
    const auto everyone = [](const Contender&) { return true; };
    const auto on_disk = [](const Contender& contender) {
        return contender.persistent && contender.name != "bare log";
    };
    std::vector<Case> cases;
    const auto with_tags = [](const Contender& contender) { return contender.tags; };
    const std::tuple<What, const char*, const char*> walks[] = {
        {What::stream, "stream10", "read a stream of 10"},
        {What::last, "last", "last event of a stream"},
        {What::tagged, "query10", "read 10 events by two tags, one of them dense"},
    };
    for (const auto& [what, id, title] : walks) {
        for (const unsigned threads : {1U, 16U}) {
            cases.push_back(
                {.id = fmt::format("read.{}.{}", id, threads),
                 .title = fmt::format("{}, {} reader{}", title, threads, threads == 1 ? "" : "s"),
                 .unit = Unit::reads_per_second,
                 .suits = what == What::tagged ? std::function<bool(const Contender&)>(with_tags) : everyone,
                 .run = [=, what = what](const Contender& contender) {
                     return read_streams(sets, contender, threads, what);
                 }});
        }
    }
    const auto cold = [](const Contender& contender) { return contender.persistent; };
    const auto cold_tags = [](const Contender& contender) { return contender.tags || contender.name == "bare log"; };
    cases.push_back({.id = "read.stream10.cold",
                     .title = "read a stream of 10, cold",
                     .unit = Unit::reads_per_second,
                     .suits = cold,
                     .run = [=](const Contender& contender) { return read_cold(sets, contender, What::stream); }});
    cases.push_back({.id = "read.query10.cold",
                     .title = "read 10 events by two tags, cold",
                     .unit = Unit::reads_per_second,
                     .suits = cold_tags,
                     .run = [=](const Contender& contender) { return read_cold(sets, contender, What::tagged); }});
    cases.push_back({.id = "read.replay.warm",
                     .title = "full replay, warm",
                     .unit = Unit::events_per_second,
                     .suits = everyone,
                     .run = [=](const Contender& contender) { return replay(sets, contender); }});
    cases.push_back({.id = "read.replay.cold",
                     .title = "full replay, cold",
                     .unit = Unit::events_per_second,
                     .suits = on_disk,
                     .run = [=](const Contender& contender) { return replay_cold(sets, contender); }});
    cases.push_back({.id = "open.clean",
                     .title = "open after a clean close",
                     .unit = Unit::milliseconds,
                     .suits = on_disk,
                     .run = [=](const Contender& contender) { return reopen(sets, contender); }});
    cases.push_back({.id = "disk.bytes",
                     .title = "disk for an event",
                     .unit = Unit::bytes,
                     .rounds = 1,
                     .suits = on_disk,
                     .run = [=](const Contender& contender) { return disk_use(sets, contender); }});
    return cases;
}

}  // namespace varve::bench
