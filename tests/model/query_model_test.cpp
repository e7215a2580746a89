// Random histories of a folder engine whose index lags, catches up and is opened again at random, against QueryModel.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/folder_engine.hpp"
#include "index/faulty_home.hpp"
#include "io/memory_files.hpp"
#include "io/simulated.hpp"
#include "model/agree.hpp"
#include "model/query_model.hpp"
#include "varve/store.hpp"

namespace varve::proof {
namespace {

/// One step of a history.
struct Step {
    enum class Kind : std::uint8_t { append, read, index, reopen };
    Kind kind = Kind::append;
    std::vector<Fact> facts = {};
    std::vector<NoEventMatches> conditions = {};
    Selection selection = {};
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
    switch (step.kind) {
        case Step::Kind::index: return out << "index";
        case Step::Kind::reopen: return out << "reopen";
        case Step::Kind::read: {
            out << (step.selection.direction == Direction::forward ? "read " : "read back ")
                << to_string(std::get<Query>(step.selection.source));
            if (step.selection.from) out << " from " << *step.selection.from;
            if (step.selection.until) out << " until " << *step.selection.until;
            return step.selection.limit == no_limit ? out : out << " limit " << step.selection.limit;
        }
        case Step::Kind::append: break;
    }
    out << "append";
    for (const Fact& fact : step.facts) {
        out << " " << fact.type << "(";
        for (const std::string& tag : fact.tags) out << tag;
        out << ")";
    }
    for (const auto& [query, after] : step.conditions) {
        out << " unless " << to_string(query);
        if (after) out << " after " << *after;
    }
    return out;
}

// Few names, so that they meet often.
rc::Gen<std::vector<std::string>> some_of(const std::vector<std::string>& names) {
    return rc::gen::map(rc::gen::inRange<unsigned>(0, 1U << names.size()), [names](unsigned chosen) {
        std::vector<std::string> some;
        for (std::size_t n = 0; n < names.size(); ++n) {
            if ((chosen >> n & 1) != 0) some.push_back(names[n]);
        }
        return some;
    });
}

const std::vector<std::string> all_types = {"A", "B", "C"};
const std::vector<std::string> all_tags = {"x", "y", "z", "w"};

Fact any_fact() {
    return {.type = *rc::gen::elementOf(all_types), .tags = *some_of(all_tags)};
}

Query any_query() {
    Query query;
    const int items = *rc::gen::inRange(1, 4);
    for (int n = 0; n < items; ++n) {
        Query::Item item{.types = *some_of(all_types), .tags = *some_of(all_tags)};
        if (item.types.empty() && item.tags.empty()) item.tags = {"x"};
        query.items.push_back(std::move(item));
    }
    return query;
}

std::optional<Position> any_place() {
    if (!*rc::gen::arbitrary<bool>()) return std::nullopt;
    return Position{static_cast<std::uint64_t>(*rc::gen::inRange(0, 60))};
}

Step any_step() {
    const int die = *rc::gen::inRange(0, 20);
    Step step;
    if (die < 9) {
        step.facts = {any_fact()};
        for (int more = *rc::gen::inRange(0, 3); more > 0; --more) step.facts.push_back(any_fact());
        for (int more = *rc::gen::inRange(0, 3); more > 0; --more)
            step.conditions.push_back({any_query(), any_place()});
    } else if (die < 16) {
        step.kind = Step::Kind::read;
        step.selection.source = any_query();
        if (*rc::gen::arbitrary<bool>()) step.selection.direction = Direction::backward;
        step.selection.from = any_place();
        step.selection.until = any_place();
        if (*rc::gen::inRange(0, 4) == 0) step.selection.limit = static_cast<std::uint64_t>(*rc::gen::inRange(0, 5));
    } else {
        step.kind = die < 19 ? Step::Kind::index : Step::Kind::reopen;
    }
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

std::vector<std::uint64_t> read(Store& store, const Selection& selection) {
    std::vector<std::uint64_t> found;
    auto cursor = store.read(selection);
    RC_ASSERT(cursor.ok());
    RC_ASSERT(cursor->each([&](const Event& event) { found.push_back(event.position.value); }).ok());
    return found;
}

std::optional<QueryModel::Broken> append(Store& store, const Step& step) {
    Commit commit;
    for (const Fact& fact : step.facts) {
        commit.events.push_back({.stream = "s-" + fact.type, .type = fact.type, .tags = fact.tags});
    }
    for (const auto& [query, after] : step.conditions) commit.unless(query, after);
    const auto receipt = store.append(std::move(commit));
    if (receipt) return std::nullopt;
    RC_ASSERT(receipt.error().code == Code::aborted);
    const Conflict& conflict = *receipt.error().conflict;
    return QueryModel::Broken{.condition = conflict.condition, .found = conflict.found->value};
}

/// Fails the property when store and model differ.
void play(const std::vector<Step>& history, Mistake mistake) {
    RealStore store;
    QueryModel model(mistake);
    for (const Step& step : history) {
        switch (step.kind) {
            case Step::Kind::append:
                RC_ASSERT(append(*store, step) == model.append(step.facts, step.conditions));
                break;
            case Step::Kind::read: RC_ASSERT(read(*store, step.selection) == model.read(step.selection)); break;
            case Step::Kind::index: store.index(); break;
            case Step::Kind::reopen: store.reopen(); break;
        }
    }
}

/// The store and a model with this mistake.
bool agrees_with(Mistake mistake) {
    return agree(mistake != Mistake::none, 400, [mistake] {
        const auto steps = rc::gen::container<std::vector<Step>>(rc::gen::exec(any_step));
        play(*steps, mistake);
    });
}

TEST(QueryModel, agrees_with_the_store_on_random_histories) {
    EXPECT_TRUE(agrees_with(Mistake::none));
}

class PlantedMistake : public ::testing::TestWithParam<std::pair<const char*, Mistake>> {};

TEST_P(PlantedMistake, is_noticed) {
    EXPECT_FALSE(agrees_with(GetParam().second));
}

INSTANTIATE_TEST_SUITE_P(QueryModel, PlantedMistake,
                         ::testing::Values(std::pair("any_tag", Mistake::any_tag),
                                           std::pair("all_items", Mistake::all_items),
                                           std::pair("types_left_out", Mistake::types_left_out),
                                           std::pair("after_included", Mistake::after_included),
                                           std::pair("last_match_named", Mistake::last_match_named),
                                           std::pair("own_events_count", Mistake::own_events_count),
                                           std::pair("until_left_out", Mistake::until_left_out),
                                           std::pair("limit_from_behind", Mistake::limit_from_behind)),
                         [](const auto& tested) { return std::string(tested.param.first); });

}  // namespace
}  // namespace varve::proof
