#include "upkeep/stats.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.hpp"
#include "log/recovery.hpp"
#include "log/segment_log.hpp"

namespace varve::upkeep {
namespace {

/// More names than these are counted together, so that memory stays small whatever the names are.
constexpr std::size_t names_max = 20'000;
constexpr std::uint64_t look_every = 4096;

class Tally {
public:
    void add(std::string_view name, std::uint64_t bytes) {
        auto found = counts_.find(name);
        if (found == counts_.end() && counts_.size() < names_max)
            found = counts_.emplace(std::string(name), Count{}).first;
        Count& count = found == counts_.end() ? rest_ : found->second;
        ++count.events;
        count.bytes += bytes;
    }
    /// The most frequent; the others are summed up in `other`.
    std::vector<NameCount> top(std::uint64_t wanted, NameCount& other) const {
        std::vector<NameCount> all;
        all.reserve(counts_.size());
        for (const auto& [name, count] : counts_) all.push_back({name, count.events, count.bytes});
        std::ranges::sort(all, [](const NameCount& a, const NameCount& b) {
            return a.events != b.events ? a.events > b.events : a.name < b.name;
        });
        other = {.name = {}, .events = rest_.events, .bytes = rest_.bytes};
        for (std::size_t i = wanted; i < all.size(); ++i) {
            other.events += all[i].events;
            other.bytes += all[i].bytes;
        }
        if (all.size() > wanted) all.resize(wanted);
        return all;
    }

private:
    struct Count {
        std::uint64_t events = 0;
        std::uint64_t bytes = 0;
    };
    struct Hasher {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    };
    std::unordered_map<std::string, Count, Hasher, std::equal_to<>> counts_;
    Count rest_;
};

/// How many sizes need so many bits.
class Sizes {
public:
    void add(std::uint64_t bytes) {
        ++counts_[64U - static_cast<unsigned>(std::countl_zero(bytes))];
        ++all_;
        max_ = std::max(max_, bytes);
    }
    [[nodiscard]] std::uint64_t percentile(std::uint64_t hundredth) const {
        std::uint64_t seen = 0;
        for (std::size_t bits = 0; bits < counts_.size(); ++bits) {
            seen += counts_[bits];
            if (seen * 100 >= all_ * hundredth) return std::min(max_, bits == 0 ? 0 : (std::uint64_t{1} << bits) - 1);
        }
        return max_;
    }
    [[nodiscard]] std::uint64_t max() const { return max_; }

private:
    std::array<std::uint64_t, 65> counts_{};
    std::uint64_t all_ = 0;
    std::uint64_t max_ = 0;
};

/// What time an event falls into.
class Spans {
public:
    Spans(StoreStats& stats, std::uint64_t wanted) : spans_(stats.spans) {
        if (!stats.first_time || wanted == 0) return;
        begin_ = stats.first_time->time_since_epoch().count();
        const auto length = static_cast<std::uint64_t>(stats.last_time->time_since_epoch().count() - begin_) + 1;
        width_ = (length + wanted - 1) / wanted;
        for (std::uint64_t at = 0; at < length; at += width_) {
            spans_.push_back({.from = *stats.first_time + std::chrono::microseconds(at)});
        }
    }
    void add(Timestamp time, std::uint64_t bytes) {
        if (spans_.empty()) return;
        const auto at = static_cast<std::uint64_t>(time.time_since_epoch().count() - begin_) / width_;
        StoreStats::Span& span = spans_[std::min<std::uint64_t>(at, spans_.size() - 1)];
        ++span.events;
        span.bytes += bytes;
    }

private:
    std::vector<StoreStats::Span>& spans_;
    std::int64_t begin_ = 0;
    std::uint64_t width_ = 1;
};

Result<> count_events(log::SegmentLog& log, const StatsOptions& options, StoreStats& stats) {
    Tally categories, types, tags;
    Sizes sizes;
    Spans spans(stats, options.spans);
    std::unordered_set<std::uint64_t> names;
    log::EventReader reader(log);
    for (Position position; position.value < stats.events; ++position) {
        const auto read = reader.at(position);
        if (!read) return read.error();
        if (*read == nullptr) {
            ++stats.removed;
            continue;
        }
        const Event& event = **read;
        const std::uint64_t bytes = event.data.size() + event.metadata.size();
        stats.data_bytes += event.data.size();
        stats.metadata_bytes += event.metadata.size();
        // Every stream has one first event, unless that was removed.
        if (log.compacted()) {
            names.insert(xxh3_64(event.stream));
        } else if (event.revision == Revision{0}) {
            ++stats.streams;
        }
        categories.add(category_of(event.stream), bytes);
        types.add(event.type, bytes);
        for (const std::string_view tag : event.tags) tags.add(tag, bytes);
        sizes.add(bytes);
        spans.add(event.created, bytes);
        if (position.value % look_every != 0) continue;
        if (options.watch.progress) options.watch.progress(position.value, stats.events);
        if (options.watch.stop && options.watch.stop()) {
            return Error{.code = Code::cancelled, .message = "counting was stopped; it has changed nothing"};
        }
    }
    if (log.compacted()) stats.streams = names.size();
    stats.categories = categories.top(options.names, stats.other_categories);
    stats.types = types.top(options.names, stats.other_types);
    stats.tags = tags.top(options.names, stats.other_tags);
    stats.size_50 = sizes.percentile(50);
    stats.size_99 = sizes.percentile(99);
    stats.size_max = sizes.max();
    return {};
}

std::uint64_t bytes_of_file(io::Files& files, const io::Path& path) {
    const auto file = files.open(path, io::OpenMode::read);
    const auto bytes = file ? (*file)->size() : Result<std::uint64_t>(0);
    return bytes ? *bytes : 0;
}

/// Of the files directly in it; nothing when there is no such folder.
std::uint64_t bytes_of_folder(io::Files& files, const io::Path& path) {
    std::uint64_t bytes = 0;
    if (const auto names = files.list(path)) {
        for (const std::string& name : *names) bytes += bytes_of_file(files, path / name);
    }
    return bytes;
}

void weigh_folder(io::Files& files, const io::Path& folder, const log::SegmentLog& log, StoreStats& stats) {
    for (const log::SegmentInfo& segment : log.segments()) {
        stats.segments.push_back({.file = segment.file,
                                  .first = segment.first,
                                  .next = segment.next,
                                  .bytes = segment.bytes,
                                  .sealed = segment.sealed,
                                  .compressed = segment.compressed});
        stats.log_bytes += segment.bytes;
        const std::uint64_t whole = bytes_of_file(files, folder / segment.file);
        stats.ahead_bytes += whole - std::min(whole, segment.bytes);
    }
    stats.ahead_bytes += bytes_of_file(files, folder / log::spare_name);
    stats.index_bytes = bytes_of_folder(files, folder / "index");
    stats.dead_bytes = bytes_of_folder(files, folder / "quarantine");
}

}  // namespace

Result<StoreStats> stats(const io::Environment& environment, const io::Path& folder, const StatsOptions& options) {
    const auto log = log::SegmentLog::open(environment, {.folder = folder, .create = false, .read_only = true});
    if (!log) return log.error();
    StoreStats stats;
    stats.events = (*log)->head().next.value;
    stats.commits = (*log)->commits();
    stats.first_time = (*log)->first_time();
    if (stats.first_time) stats.last_time = (*log)->head().time;
    if (auto counted = count_events(**log, options, stats); !counted) return counted.error();
    weigh_folder(*environment.files, folder, **log, stats);
    return stats;
}

}  // namespace varve::upkeep
