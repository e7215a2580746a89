// Random histories of settings, deletions and tombstones among appends, of a folder engine whose index lags, catches up
// and is opened again at random, against RetentionModel.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "engine/folder_engine.hpp"
#include "index/faulty_home.hpp"
#include "io/memory_files.hpp"
#include "io/simulated.hpp"
#include "model/agree.hpp"
#include "model/retention_model.hpp"
#include "store/rules.hpp"
#include "varve/store.hpp"

namespace varve::proof {
namespace {

/// One step of a history. A commit is several notes under conditions; `keep`, `remove` and `tombstone` are Store's own.
struct Step {
    enum class Kind : std::uint8_t { commit, keep, remove, tombstone, look, wait, index, reopen };
    Kind kind = Kind::commit;
    std::vector<Note> notes = {};
    std::vector<StreamIs> conditions = {};
    std::string stream = {};
    Retention keeps = {};
    int seconds = 0;
};

const std::vector<std::string> all_streams = {"a-1", "a-2", "b-1"};

std::ostream& operator<<(std::ostream& out, const Step& step) {
    static constexpr const char* names[] = {"commit", "keep", "remove", "tombstone", "look", "wait", "index", "reopen"};
    out << names[static_cast<int>(step.kind)] << " " << step.stream;
    if (step.kind == Step::Kind::keep) out << " " << store::with_rules("", step.keeps);
    if (step.kind == Step::Kind::wait) out << step.seconds;
    for (const Note& note : step.notes) {
        out << " " << note.stream;
        if (note.kind == Note::Kind::settings) out << store::with_rules("", note.keeps);
        if (note.kind == Note::Kind::tombstone) out << "(tombstone)";
    }
    for (const auto& [stream, expected] : step.conditions) out << " if " << stream << " is " << expected.to_string();
    return out;
}

bool one_in(int number) {
    return *rc::gen::inRange(0, number) == 0;
}

std::uint64_t up_to(int most) {
    return static_cast<std::uint64_t>(*rc::gen::inRange(0, most + 1));
}

Retention any_rules() {
    Retention keeps;
    if (one_in(3)) keeps.max_count = 1 + up_to(4);
    if (one_in(3)) keeps.max_age = std::chrono::seconds(1 + up_to(5));
    if (one_in(2)) keeps.truncate_before = one_in(3) ? Revision{1'000'000} : Revision{up_to(8)};
    return keeps;
}

Expected any_expectation() {
    switch (*rc::gen::inRange(0, 4)) {
        case 0: return Expected::none();
        case 1: return Expected::exists();
        case 2: return Expected::exact(Revision{up_to(8)});
        default: return Expected::any();
    }
}

Step any_step() {
    const int die = *rc::gen::inRange(0, 40);
    Step step{.stream = *rc::gen::elementOf(all_streams)};
    if (die < 16) {
        for (auto more = 1 + up_to(3); more > 0; --more) {
            Note note{.stream = *rc::gen::elementOf(all_streams)};
            if (one_in(6)) {
                note.kind = Note::Kind::settings;
                note.keeps = any_rules();
            }
            step.notes.push_back(note);
        }
        if (one_in(30)) step.notes.push_back({.stream = step.stream, .kind = Note::Kind::tombstone});
        for (auto more = up_to(2); more > 0; --more) {
            step.conditions.push_back({*rc::gen::elementOf(all_streams), any_expectation()});
        }
        return step;
    }
    step.kind = die < 20   ? Step::Kind::keep
                : die < 23 ? Step::Kind::remove
                : die < 24 ? Step::Kind::tombstone
                : die < 32 ? Step::Kind::look
                : die < 36 ? Step::Kind::wait
                : die < 39 ? Step::Kind::index
                           : Step::Kind::reopen;
    step.keeps = any_rules();
    step.seconds = 1 + static_cast<int>(up_to(3));
    return step;
}

/// The real engine over twins: nothing is indexed unless the history says so, and tables forget soon.
class RealStore {
public:
    RealStore() { open(); }
    ~RealStore() { static_cast<void>(store_->close()); }
    RealStore(const RealStore&) = delete;
    RealStore& operator=(const RealStore&) = delete;

    Store& operator*() { return *store_; }
    Store* operator->() { return &*store_; }
    Timestamp now() { return clock_->now(); }
    void wait(int seconds) { clock_->advance(std::chrono::seconds(seconds)); }
    void index() { executor_->run_periodic(); }
    void reopen() {
        RC_ASSERT(store_->close().ok());
        store_.reset();
        open();
    }

private:
    void open() {
        engine::Inside inside{.index = home_};
        inside.sizes.table_capacity = 8;
        inside.sizes.index_batch = 4;
        auto opened = engine::open_writing_engine(
            "store", {.segment_bytes = 1 << 20},
            {.files = files_, .clock = clock_, .random = random_, .executor = executor_}, inside);
        RC_ASSERT(opened.ok());
        store_.emplace(*std::move(opened));
    }

    const std::shared_ptr<io::Files> files_ = io::memory_files();
    const std::shared_ptr<io::ManualClock> clock_ = std::make_shared<io::ManualClock>();
    const std::shared_ptr<io::ManualExecutor> executor_ = std::make_shared<io::ManualExecutor>();
    const std::shared_ptr<io::Random> random_ = std::make_shared<io::SeededRandom>(1);
    const std::shared_ptr<index::FaultyHome> home_ = std::make_shared<index::FaultyHome>(1);
    std::optional<Store> store_;
};

NewEvent event_of(const Note& note) {
    if (note.kind == Note::Kind::plain) return {.stream = note.stream, .type = "Happened", .data = "{}"};
    const bool tombstone = note.kind == Note::Kind::tombstone;
    return {.stream = store::settings_of(note.stream),
            .type = std::string(tombstone ? store::tombstone_type : store::metadata_type),
            .data = store::with_rules("", note.keeps)};
}

RetentionModel::Answer commit(Store& store, const Step& step) {
    Commit commit;
    for (const Note& note : step.notes) commit.events.push_back(event_of(note));
    commit.conditions.assign(step.conditions.begin(), step.conditions.end());
    std::map<std::string, std::uint64_t> next;
    for (const std::string& stream : all_streams) {
        const auto last = store.retention(stream).value().last;
        next[stream] = last ? last->value + 1 : 0;
    }
    const auto receipt = store.append(std::move(commit));
    if (!receipt) return {.code = receipt.error().code};
    RetentionModel::Answer answer;
    for (const Note& note : step.notes) {
        if (note.kind == Note::Kind::plain) answer.revisions.push_back(next[note.stream]++);
    }
    for (const auto& [stream, last] : receipt->streams) {
        if (next.contains(stream)) RC_ASSERT(last.value + 1 == next[stream]);
    }
    return answer;
}

Code code_of(const Result<Receipt>& outcome) {
    return outcome ? Code{} : outcome.error().code;
}

std::vector<std::uint64_t> read(Store& store, const std::string& stream, Direction direction) {
    std::vector<std::uint64_t> found;
    auto cursor = store.read({.source = Stream{stream}, .direction = direction});
    RC_ASSERT(cursor.ok());
    RC_ASSERT(cursor->each([&](const Event& event) { found.push_back(event.revision.value); }).ok());
    if (direction == Direction::backward) std::ranges::reverse(found);
    return found;
}

void look(RealStore& store, const RetentionModel& model, const std::string& stream) {
    const auto shown = model.read(stream, store.now());
    RC_ASSERT(read(*store, stream, Direction::forward) == shown);
    RC_ASSERT(read(*store, stream, Direction::backward) == shown);
    const StreamRetention standing = store->retention(stream).value();
    RC_ASSERT(standing.state == model.state(stream));
    RC_ASSERT(standing.last == model.last(stream));
    RC_ASSERT(standing.first == (shown.empty() ? std::nullopt : std::optional(Revision{shown.front()})));
    RC_ASSERT(store->stream(stream).value().has_value() == (standing.state == StreamState::live));
    const auto listed = store->streams(stream, {}, 1).value();
    RC_ASSERT(listed.empty() == (standing.state != StreamState::live));
}

/// Fails the property when store and model differ.
void play(const std::vector<Step>& history, Forgetting mistake) {
    RealStore store;
    RetentionModel model(mistake);
    for (const Step& step : history) {
        const StreamRetention before = store->retention(step.stream).value();
        const std::string& stream = step.stream;
        switch (step.kind) {
            case Step::Kind::commit:
                RC_ASSERT(commit(*store, step) == model.append(step.notes, step.conditions, store.now()));
                break;
            case Step::Kind::keep: {
                Note note{.stream = stream, .kind = Note::Kind::settings, .keeps = step.keeps};
                if (!note.keeps.truncate_before) note.keeps.truncate_before = before.keeps.truncate_before;
                RC_ASSERT(code_of(store->keep(stream, step.keeps)) == model.append({note}, {}, store.now()).code);
                break;
            }
            case Step::Kind::remove: {
                if (!before.last) break;
                Note note{.stream = stream, .kind = Note::Kind::settings, .keeps = before.keeps};
                note.keeps.truncate_before = Revision{1'000'000};
                RC_ASSERT(code_of(store->remove(stream)) == model.append({note}, {}, store.now()).code);
                break;
            }
            case Step::Kind::tombstone: {
                const Note note{.stream = stream, .kind = Note::Kind::tombstone};
                RC_ASSERT(code_of(store->tombstone(stream)) == model.append({note}, {}, store.now()).code);
                break;
            }
            case Step::Kind::look: look(store, model, stream); break;
            case Step::Kind::wait: store.wait(step.seconds); break;
            case Step::Kind::index: store.index(); break;
            case Step::Kind::reopen: store.reopen(); break;
        }
    }
    for (const std::string& stream : all_streams) look(store, model, stream);
}

/// The store and a model with this mistake.
bool agrees_with(Forgetting mistake) {
    return agree(mistake != Forgetting::none, 400, [mistake] {
        const auto steps = rc::gen::container<std::vector<Step>>(rc::gen::exec(any_step));
        play(*steps, mistake);
    });
}

TEST(RetentionModel, agrees_with_the_store_on_random_histories) {
    EXPECT_TRUE(agrees_with(Forgetting::none));
}

class PlantedForgetting : public ::testing::TestWithParam<std::pair<const char*, Forgetting>> {};

TEST_P(PlantedForgetting, is_noticed) {
    EXPECT_FALSE(agrees_with(GetParam().second));
}

INSTANTIATE_TEST_SUITE_P(RetentionModel, PlantedForgetting,
                         ::testing::Values(std::pair("truncates_itself", Forgetting::truncates_itself),
                                           std::pair("truncates_the_future", Forgetting::truncates_the_future),
                                           std::pair("counts_one_less", Forgetting::counts_one_less),
                                           std::pair("exact_age_is_old", Forgetting::exact_age_is_old),
                                           std::pair("one_rule_is_enough", Forgetting::one_rule_is_enough),
                                           std::pair("deleted_exists", Forgetting::deleted_exists),
                                           std::pair("deleted_has_no_last", Forgetting::deleted_has_no_last),
                                           std::pair("begins_at_zero", Forgetting::begins_at_zero),
                                           std::pair("tombstone_overlooked", Forgetting::tombstone_overlooked),
                                           std::pair("first_settings_count", Forgetting::first_settings_count)),
                         [](const auto& tested) { return std::string(tested.param.first); });

}  // namespace
}  // namespace varve::proof
