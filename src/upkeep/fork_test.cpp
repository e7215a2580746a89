#include "upkeep/fork.hpp"

#include "log/store_file.hpp"
#include "upkeep/restore.hpp"
#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

class ForkTest : public UpkeepTest {
protected:
    CopyReport forked(const io::Path& folder, const io::Path& target, const Until& until = {}) const {
        auto report = upkeep::fork(environment(), folder, target, until, {});
        EXPECT_TRUE(report.ok()) << report.error();
        return report.ok() ? *report : CopyReport{};
    }
    [[nodiscard]] Error refused(const io::Path& folder, const io::Path& target, const Until& until = {}) const {
        const auto report = upkeep::fork(environment(), folder, target, until, {});
        EXPECT_FALSE(report.ok());
        return report.ok() ? Error{} : report.error();
    }
};

TEST_F(ForkTest, has_the_same_past_and_its_own_future) {
    const auto log = open("store");
    append(*log, 40);
    const CopyReport report = forked("store", "fork");
    EXPECT_EQ(report.events, 160U);
    EXPECT_GE(report.shared + 2, report.segments);
    EXPECT_GT(report.shared, 2U);
    EXPECT_LE(report.bytes_copied, 2U * (8 << 10) + 1000);
    EXPECT_EQ(report.origin, log->id());
    EXPECT_NE(report.id, log->id());
    EXPECT_EQ(report.digest, verified("store").digest);
    append(*log, 7);
    expect_store("fork", 160);
    EXPECT_EQ(log->head().next, Position{188});
    log::expect_sound(*log);
    EXPECT_EQ(verified("store").events, 188U);
    const auto again = open("fork");
    append(*again, 10);
    EXPECT_EQ(verified("store").events, 188U);
}

TEST_F(ForkTest, ends_between_any_two_commits_and_nowhere_else) {
    fill("store", 9);
    for (std::uint64_t position = 0; position <= 36; ++position) {
        SCOPED_TRACE("position " + std::to_string(position));
        const io::Path target = "at-" + std::to_string(position);
        const Until until{.position = Position{position}};
        if (position % 2 == 1) {
            EXPECT_EQ(refused("store", target, until).code, Code::invalid_argument);
            continue;
        }
        EXPECT_EQ(forked("store", target, until).events, position);
        expect_store(target, position);
    }
    for (int second = 0; second <= 10; ++second) {
        const io::Path target = "second-" + std::to_string(second);
        const auto events = static_cast<std::uint64_t>(4 * std::min(second, 9));
        EXPECT_EQ(forked("store", target, {.time = Timestamp(std::chrono::seconds(second))}).events, events);
        expect_store(target, events);
    }
    EXPECT_EQ(refused("store", "beyond", {.position = Position{38}}).code, Code::out_of_range);
    expect_store("store", 36);
}

TEST_F(ForkTest, outlives_its_origin_and_its_origin_outlives_it) {
    fill("store", 20);
    forked("store", "one");
    forked("store", "two");
    for (const std::string& name : files_->list("one").value())
        ASSERT_TRUE(files_->remove("one" / io::Path(name)).ok());
    expect_store("store", 80);
    for (const std::string& name : files_->list("store").value())
        ASSERT_TRUE(files_->remove("store" / io::Path(name)).ok());
    expect_store("two", 80);
}

TEST_F(ForkTest, can_be_forked_backed_up_and_restored) {
    fill("store", 12);
    io::Path parent = "store";
    std::uint64_t events = 48;
    for (int generation = 0; generation < 5; ++generation) {
        const io::Path child = "fork-" + std::to_string(generation);
        EXPECT_EQ(forked(parent, child).events, events);
        fill(child, 6);
        events += 24;
        parent = child;
    }
    EXPECT_EQ(verified(parent).events, events);
    const auto store = log::StoreFile::open(*files_, parent, true).value();
    EXPECT_EQ(store->state().ancestors.size(), 5U);
    // Cut back into the past of an ancestor: what came later is nobody's any more.
    forked(parent, "back", {.position = Position{40}});
    expect_store("back", 40);
    EXPECT_EQ(backed_up(parent, "backup").events, events);
    const auto whole = restore(environment(), "backup", "again", {}, {});
    ASSERT_TRUE(whole.ok()) << whole.error();
    EXPECT_EQ(log::StoreFile::open(*files_, "again", true).value()->state().ancestors.size(), 1U);
    expect_store("again", events);
    expect_store(parent, events);
}

TEST_F(ForkTest, takes_only_those_files_of_its_origin_that_it_shares) {
    fill("store", 20);
    forked("store", "fork", {.position = Position{20}});
    fill("fork", 20);
    std::string later;
    for (const std::string& name : files_->list("store").value()) {
        if (log::is_segment_name(name) && name > log::segment_name(Position{20})) later = name;
    }
    copy_file("store/" + later, "fork/" + later);
    const auto log = log::SegmentLog::open(environment(), {.folder = "fork"});
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().code, Code::data_loss);
    const auto report = log::verify(*files_, "fork");
    ASSERT_TRUE(report.ok());
    EXPECT_TRUE(report->damaged());
}

TEST_F(ForkTest, refuses_a_target_that_is_not_empty) {
    fill("store", 3);
    fill("other", 3);
    EXPECT_EQ(refused("store", "other").code, Code::failed_precondition);
    EXPECT_EQ(refused("nothing", "fork").code, Code::not_found);
    expect_store("other", 12);
}

TEST_F(ForkTest, has_a_limit_of_generations_that_own_files) {
    {
        const auto log = open("store");
        for (int block = 0; block < 820; ++block) ASSERT_TRUE(log::append(*log, Timestamp(), 2, 2).ok());
        ASSERT_TRUE(log->close().ok());
    }
    // As if each of the first segments came from another ancestor.
    log::StoreState state = log::StoreFile::open(*files_, "store", true).value()->state();
    for (const std::string& name : files_->list("store").value()) {
        if (!log::is_segment_name(name) || name == log::segment_name(Position{0})) continue;
        const Position begin{std::stoull(name.substr(4, 20))};
        state.ancestors.push_back({.id = state.id, .below = begin, .at = begin});
        if (state.ancestors.size() == log::ancestors_max) break;
    }
    ASSERT_EQ(state.ancestors.size(), log::ancestors_max);
    ASSERT_TRUE(files_->remove("store/STORE").ok());
    ASSERT_TRUE(log::StoreFile::create(*files_, "store", state).ok());
    const Error error = refused("store", "fork");
    EXPECT_EQ(error.code, Code::failed_precondition);
    EXPECT_NE(error.message.find("make a backup"), std::string::npos) << error;
    EXPECT_EQ(forked("store", "early", {.position = Position{400}}).events, 400U);
    EXPECT_EQ(verified("store").events, 3280U);
}

TEST_F(ForkTest, is_whole_or_no_store_wherever_the_power_fails) {
    const auto prepare = [&] {
        second_ = 0;
        fill("store", 10);
    };
    const Until until{.position = Position{30}};
    const auto work = [&] { return upkeep::fork(environment(), "store", "fork", until, {}).ok(); };
    const auto check = [&] {
        const auto log = log::SegmentLog::open(environment(), {.folder = "fork", .create = false, .read_only = true});
        if (!log) {
            EXPECT_TRUE(log.error().code == Code::failed_precondition || log.error().code == Code::not_found)
                << log.error();
            EXPECT_EQ(forked("store", "fork", until).events, 30U);
        }
        expect_store("fork", 30);
        expect_store("store", 40);
    };
    cut_power_at_every_call(prepare, work, check);
    fail_every_call(prepare, work, check);
}

}  // namespace
}  // namespace varve::upkeep
