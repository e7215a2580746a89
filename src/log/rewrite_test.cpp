/// Rewritten segments that are damaged, and compactions on a disk with faults: damage is found, and nothing is lost.
#include "log/rewrite.hpp"

#include "log/compaction_support.hpp"
#include "log/verify.hpp"

namespace varve::log {
namespace {

class EachForm : public ::testing::TestWithParam<Compression> {};
INSTANTIATE_TEST_SUITE_P(Rewrite, EachForm, ::testing::Values(Compression::as_is, Compression::zstd),
                         [](const auto& form) { return form.param == Compression::zstd ? "packed" : "plain"; });

/// A store with one rewritten segment and an open one, closed.
CompactionWorld small_store(Compression compression) {
    CompactionWorld world;
    world.compression = compression;
    auto log = world.open().value();
    world.fill(*log, 12);
    for (std::size_t i = 0; i < world.known.size(); ++i) {
        world.known[i].leave = i % 3 == 0 ? Leave::nothing : i % 7 == 0 ? Leave::place : Leave::all;
    }
    EXPECT_TRUE(log->compact(world.request()).ok());
    EXPECT_TRUE(log->close().ok());
    return world;
}

TEST_P(EachForm, every_flipped_bit_of_a_rewritten_segment_is_found) {
    CompactionWorld world = small_store(GetParam());
    const io::Path path = io::Path("store") / segment_name(Position{0});
    const std::uint64_t bytes = world.files->contents().at(path).size();
    for (std::uint64_t byte = 0; byte < bytes; byte += byte >= 144 && byte < 4000 ? 64 : 1) {
        const std::uint64_t bit = 8 * byte + byte % 8;
        world.files->flip_bit(path, bit);
        const auto report = verify(*world.files, "store");
        if (report.ok()) {
            EXPECT_TRUE(report->damaged()) << "byte " << byte;
        } else {
            EXPECT_TRUE(byte >= 8 && byte < 12) << "byte " << byte << ": " << report.error();
        }
        if (const auto log = world.open(true)) {
            EventReader reader(**log);
            for (std::uint64_t i = 0; i < world.known.size(); ++i) {
                const auto event = reader.at(Position{i});
                if (!event) continue;
                EXPECT_EQ(*event != nullptr, world.known[i].leave == Leave::all) << "byte " << byte << ", event " << i;
                if (*event != nullptr) {
                    EXPECT_EQ((*event)->data, world.known[i].data);
                }
            }
        }
        world.files->flip_bit(path, bit);
        if (HasFailure()) return;
    }
}

TEST_P(EachForm, a_cut_segment_is_refused) {
    CompactionWorld world = small_store(GetParam());
    const io::Path path = io::Path("store") / segment_name(Position{0});
    const std::uint64_t bytes = world.files->contents().at(path).size();
    for (std::uint64_t size = 0; size < bytes; size += 101) {
        const auto files = world.files->copy(1);
        files->cut(path, size);
        const auto report = verify(*files, "store");
        ASSERT_TRUE(report.ok()) << report.error();
        EXPECT_TRUE(report->damaged()) << size;
        CompactionWorld cut;
        cut.files = files;
        const auto log = cut.open();
        ASSERT_FALSE(log.ok()) << size;
        EXPECT_EQ(log.error().code, Code::data_loss) << log.error();
    }
}

TEST(Rewrite, damage_is_never_written_anew) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.fill(*log, 40);
    world.executor->run_woken();
    for (std::size_t i = 0; i < world.known.size(); i += 2) world.known[i].leave = Leave::nothing;
    world.files->flip_bit(io::Path("store") / segment_name(Position{0}), std::uint64_t{8} * 5000);
    const auto before = world.files->contents().at(io::Path("store") / segment_name(Position{0}));
    const auto report = log->compact(world.request());
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, Code::data_loss);
    EXPECT_EQ(world.files->contents().at(io::Path("store") / segment_name(Position{0})), before);
    EXPECT_EQ(EventReader(*log).at(Position{(world.known.size() - 2) / 2 * 2}).value(), nullptr)
        << "the other segments are compacted";
}

/// Fills, compacts in the middle, goes on; fails where the plan says.
void work(CompactionWorld& world, std::uint64_t& acknowledged) {
    acknowledged = 0;
    const auto log = world.open();
    if (!log) return;
    std::mt19937_64 rolls(7);
    for (int i = 0; i < 24; ++i) {
        const Timestamp time(std::chrono::seconds((*log)->head().sequence));
        const Head before = (*log)->head();
        const TestBlock made = next_block(**log, time, 2, 4);
        world.chains.push_back(made.block.chain());
        for (Position position = before.next; position < before.next + 8; ++position) {
            world.known.push_back({.data = data_of(position), .time = time, .sequence = before.sequence});
        }
        if (!(*log)->compare_and_append(made.block)) return;
        acknowledged = (*log)->head().next.value;
        if (i % 8 != 7) continue;
        world.decide(rolls, 60);
        world.compression = i == 7 ? Compression::zstd : i == 15 ? Compression::as_is : Compression::none;
        world.executor->run_woken();
        if (!(*log)->compact(world.request())) return;
    }
    (void)(*log)->close();
}

std::uint64_t calls_of_work() {
    CompactionWorld world;
    std::uint64_t acknowledged = 0;
    work(world, acknowledged);
    EXPECT_EQ(acknowledged, 192U);
    return world.files->calls();
}

/// Opens again: everything that was acknowledged is there unless it might go, and the compaction can be gone on with.
void expect_kept(CompactionWorld& world, std::uint64_t acknowledged) {
    auto log = world.open();
    ASSERT_TRUE(log.ok()) << log.error();
    const std::uint64_t head = (*log)->head().next.value;
    ASSERT_GE(head, acknowledged);
    ASSERT_LE(head, world.known.size());
    world.known.resize(head);
    world.chains.resize((*log)->head().sequence);
    ASSERT_EQ(difference(**log, world, true), "");
    ASSERT_TRUE((*log)->compact(world.request()).ok());
    ASSERT_EQ(difference(**log, world), "");
    world.append_to(**log, 1, 1);
    ASSERT_TRUE((*log)->close().ok());
    const auto report = verify(*world.files, "store");
    ASSERT_TRUE(report.ok()) << report.error();
    ASSERT_FALSE(report->damaged()) << report->findings.front().what;
    for (const auto& [path, bytes] : world.files->contents()) EXPECT_NE(path.extension(), ".tmp") << path;
}

TEST(Rewrite, survives_a_power_cut_at_every_call) {
    const std::uint64_t calls = calls_of_work();
    ASSERT_GT(calls, 150U);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        for (std::uint64_t call = 1; call <= calls; ++call) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", power cut at call " + std::to_string(call));
            CompactionWorld world(1000 * call + seed);
            world.files->plan({.call = call, .power_cut = true});
            std::uint64_t acknowledged = 0;
            work(world, acknowledged);
            world.files->crash();
            expect_kept(world, acknowledged);
            if (HasFailure()) return;
        }
    }
}

TEST(Rewrite, survives_the_failure_of_every_call) {
    const std::uint64_t calls = calls_of_work();
    for (const Code code : {Code::unavailable, Code::resource_exhausted}) {
        for (std::uint64_t call = 1; call <= calls; ++call) {
            SCOPED_TRACE("call " + std::to_string(call) + " fails: " + std::string(to_string(code)));
            CompactionWorld world(call);
            world.files->plan({.call = call, .error = code, .for_ever = call % 2 == 0});
            std::uint64_t acknowledged = 0;
            work(world, acknowledged);
            if (call % 3 == 0) {
                world.files->crash();
            } else {
                world.files->kill();
            }
            expect_kept(world, acknowledged);
            if (HasFailure()) return;
        }
    }
}

}  // namespace
}  // namespace varve::log
