/// What a compaction leaves reads as before, what it removes is gone, and at no moment anything else is lost.
#include "log/compaction.hpp"

#include <algorithm>
#include <thread>

#include "log/compaction_support.hpp"
#include "log/digest.hpp"
#include "log/segment_files.hpp"
#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"
#include "log/verify.hpp"

namespace varve::log {
namespace {

std::uint64_t bytes_of(SegmentLog& log) {
    std::uint64_t bytes = 0;
    for (const SegmentInfo& segment : log.segments()) bytes += segment.bytes;
    return bytes;
}

TEST(Compaction, leaves_what_it_must_and_nothing_else) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937_64 rolls(seed);
        CompactionWorld world(seed);
        auto log = world.open().value();
        for (int round = 0; round < 3; ++round) {
            world.fill(*log, 40);
            world.decide(rolls, static_cast<unsigned>(rolls() % 101));
            world.compression = static_cast<Compression>(rolls() % 3);
            const auto report = log->compact(world.request());
            ASSERT_TRUE(report.ok()) << report.error();
            EXPECT_EQ(difference(*log, world), "");
            if (report->events > 20 && world.compression != Compression::none) {
                EXPECT_LT(report->bytes_after, report->bytes_before);
            }
            const auto again = log->compact(world.request());
            ASSERT_TRUE(again.ok()) << again.error();
            EXPECT_EQ(again->events, 0U);
            EXPECT_EQ(again->rewritten, 0U);
            const Head head = log->head();
            ASSERT_TRUE(log->close().ok());
            log = world.open().value();
            EXPECT_EQ(log->head(), head);
            EXPECT_EQ(difference(*log, world), "");
            const auto verified = verify(*world.files, "store", {.expect = {digest_of(head)}});
            ASSERT_TRUE(verified.ok()) << verified.error();
            EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
            EXPECT_EQ(verified->unchanged_up_to, head.next);
            EXPECT_EQ(verified->removed,
                      static_cast<std::uint64_t>(std::ranges::count_if(
                          world.known, [](const KnownEvent& event) { return event.leave != Leave::all; })));
        }
        if (HasFailure()) return;
    }
}

TEST(Compaction, the_comparison_sees_an_event_too_many_and_one_too_few) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.fill(*log, 30);
    world.known[40].leave = Leave::nothing;
    ASSERT_TRUE(log->compact(world.request()).ok());
    ASSERT_EQ(difference(*log, world), "");
    world.known[40].leave = Leave::all;
    EXPECT_NE(difference(*log, world), "");
    world.known[40].leave = Leave::nothing;
    world.known[41].leave = Leave::nothing;
    EXPECT_NE(difference(*log, world), "");
}

TEST(Compaction, frees_the_newest_segment_and_keeps_every_header) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.fill(*log, 60);
    for (KnownEvent& event : world.known) event.leave = Leave::nothing;
    const auto report = log->compact(world.request());
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_EQ(report->events, world.known.size());
    EXPECT_EQ(report->bytes_after + segment_header_bytes, bytes_of(*log)) << "what is left, and a new, empty segment";
    // A header of 96 bytes, one of a commit and a trailer for each block.
    const std::uint64_t segments = log->segments().size() - 1;
    EXPECT_LT(report->bytes_after, std::uint64_t{60} * (96 + 16 + 8 + 4) + segments * (segment_header_bytes + 1024));
    EXPECT_EQ(difference(*log, world), "");
    world.append_to(*log, 1, 3);
    EXPECT_EQ(difference(*log, world), "");
}

TEST(Compaction, a_dry_run_writes_nothing) {
    CompactionWorld world;
    auto log = world.open().value();
    world.fill(*log, 40);
    world.executor->run_woken();
    for (std::size_t i = 0; i < world.known.size(); i += 2) world.known[i].leave = Leave::nothing;
    const auto before = world.files->contents();
    CompactionRequest request = world.request();
    request.options.dry_run = true;
    for (int reading = 0; reading < 2; ++reading) {
        const auto opened = world.open(true);
        const auto report = (reading == 0 ? log : *opened)->compact(request);
        ASSERT_TRUE(report.ok()) << report.error();
        EXPECT_EQ(report->events, (world.known.size() + 1) / 2);
        EXPECT_LT(report->bytes_after, report->bytes_before);
    }
    EXPECT_EQ(world.files->contents(), before);
    EXPECT_EQ((*world.open(true))->compact(world.request()).error().code, Code::failed_precondition);
}

TEST(Compaction, a_dry_run_counts_what_is_not_sealed_yet) {
    CompactionWorld world;
    const auto log = world.open().value();
    while (log->segments().size() < 3) world.fill(*log, 1);
    ASSERT_FALSE(log->segments()[1].sealed) << "nobody had the time";
    for (KnownEvent& event : world.known) event.leave = Leave::nothing;
    CompactionRequest request = world.request();
    request.options.dry_run = true;
    const auto foretold = log->compact(request);
    ASSERT_TRUE(foretold.ok()) << foretold.error();
    EXPECT_EQ(foretold->events, world.known.size());
    EXPECT_EQ(foretold->segments, 3U);
    EXPECT_EQ(foretold->rewritten, 3U);
    EXPECT_EQ(log->compact(world.request())->events, world.known.size());
}

TEST(Compaction, can_be_stopped_and_gone_on_with) {
    CompactionWorld world;
    const auto log = world.open().value();
    while (log->segments().size() < 60) world.fill(*log, 10);
    for (std::size_t i = 0; i < world.known.size(); i += 3) world.known[i].leave = Leave::nothing;
    std::uint64_t removed = 0;
    int stops = 0;
    for (;;) {
        CompactionRequest request = world.request();
        request.options.watch.stop = [looks = 0]() mutable { return ++looks > 1; };
        const auto report = log->compact(request);
        EXPECT_EQ(difference(*log, world, true), "");
        if (report) {
            removed += report->events;
            break;
        }
        ASSERT_EQ(report.error().code, Code::cancelled) << report.error();
        ASSERT_LT(++stops, 100);
    }
    EXPECT_GT(stops, 0);
    EXPECT_LT(removed, (world.known.size() + 2) / 3) << "what was done before was not done again";
    EXPECT_EQ(difference(*log, world), "");
}

TEST(Compaction, leaves_the_last_room_to_appends) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.fill(*log, 40);
    for (KnownEvent& event : world.known) event.leave = Leave::nothing;
    world.files->limit_space(world.files->used_bytes() + (10 << 20));
    EXPECT_EQ(log->compact(world.request()).error().code, Code::resource_exhausted);
    world.append_to(*log, 1, 1);
    EXPECT_EQ(difference(*log, world, true), "");
    world.files->limit_space(world.files->used_bytes() + (20 << 20));
    EXPECT_TRUE(log->compact(world.request()).ok());
    EXPECT_EQ(difference(*log, world), "");
}

TEST(Compaction, goes_on_where_a_call_failed) {
    std::uint64_t failed = 0;
    for (std::uint64_t call = 1;; ++call) {
        CompactionWorld world;
        const auto log = world.open().value();
        world.fill(*log, 40);
        for (KnownEvent& event : world.known) event.leave = Leave::nothing;
        world.files->plan({.call = call, .error = Code::resource_exhausted});
        const auto first = log->compact(world.request());
        const bool happened = world.files->happened();
        world.files->plan({});
        if (!happened) break;
        if (first.ok()) continue;
        ++failed;
        EXPECT_EQ(difference(*log, world, true), "") << "call " << call;
        if (!log->compact(world.request()).ok()) continue;  // the writer is poisoned
        EXPECT_EQ(difference(*log, world), "") << "call " << call << ": " << first.error();
    }
    EXPECT_GT(failed, 10U);
}

TEST(Compaction, a_reader_goes_on_with_what_it_has) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.fill(*log, 40);
    EventReader reader(*log);
    const Event* const first = reader.at(Position{0}).value();
    for (KnownEvent& event : world.known) event.leave = Leave::nothing;
    ASSERT_TRUE(log->compact(world.request()).ok());
    EXPECT_EQ(first->data, data_of(Position{0})) << "the old file stays as long as somebody reads it";
    EXPECT_EQ(EventReader(*log).at(Position{0}).value(), nullptr);
    EXPECT_EQ(EventReader(*log).at(Position{world.known.size()}).error().code, Code::out_of_range);
}

TEST(Compaction, a_reader_that_looks_ahead_leaves_the_old_files) {
    const TemporaryFolder folder;
    const auto log =
        SegmentLog::open(io::real_environment(), {.folder = folder.path() / "store", .segment_bytes = 64 << 10})
            .value();
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(append(*log, Timestamp(), 1, 3).ok());
    EventReader reader(*log);
    ASSERT_TRUE(reader.at(Position{0}).ok());
    ASSERT_EQ(log->compact({.end = log->head().next, .judge = {}, .options = {.compression = Compression::zstd}})
                  .value()
                  .rewritten,
              log->segments().size() - 1);
    for (std::uint64_t i = 1; i < 600; ++i) {
        const Position position{i};
        reader.expect({&position, 1});
        EXPECT_EQ(reader.at(position).value()->data, data_of(position));
    }
}

TEST(Compaction, a_follower_that_was_left_behind_takes_rewritten_segments) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.append_to(*log, 1, 1);
    const auto follower = world.open(true).value();
    world.fill(*log, 60);
    for (std::size_t i = 1; i < world.known.size(); ++i)
        world.known[i].leave = i % 5 == 0 ? Leave::all : Leave::nothing;
    ASSERT_TRUE(log->compact(world.request()).ok());
    world.append_to(*log, 1, 1);
    ASSERT_TRUE(follower->refresh().value());
    EXPECT_EQ(follower->head(), log->head());
    EXPECT_EQ(difference(*follower, world, true), "");
    EXPECT_FALSE(follower->refresh().value());
}

TEST(Compaction, packs_and_unpacks_segments_that_lack_nothing) {
    CompactionWorld world;
    auto log = world.open().value();
    world.fill(*log, 80);
    const std::uint64_t sealed = log->segments().size() - 1;
    const std::uint64_t before = bytes_of(*log);
    CompactionRequest request = world.request();
    request.judge = nullptr;
    for (const Compression form : {Compression::zstd, Compression::as_is, Compression::none}) {
        request.options.compression = form;
        const auto report = log->compact(request);
        ASSERT_TRUE(report.ok()) << report.error();
        EXPECT_EQ(report->events, 0U);
        EXPECT_EQ(report->rewritten, form == Compression::as_is ? 0 : sealed);
        EXPECT_EQ(report->bytes_after, bytes_of(*log));
        if (form == Compression::none) {
            EXPECT_GE(bytes_of(*log), before);
        } else {
            EXPECT_LT(bytes_of(*log), before - before / 4);
        }
        EXPECT_FALSE(log->compacted()) << "nothing is missing, so the index may not know more than there is";
        EXPECT_EQ(difference(*log, world), "");
        const auto verified = verify(*world.files, "store", {.expect = {digest_of(log->head())}});
        ASSERT_TRUE(verified.ok()) << verified.error();
        EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
        EXPECT_EQ(verified->removed, 0U);
        ASSERT_TRUE(log->close().ok());
        log = world.open().value();
        EXPECT_EQ(difference(*log, world), "");
    }
}

TEST(Compaction, a_packed_segment_whose_table_is_damaged_leads_nowhere) {
    CompactionWorld world;
    world.compression = Compression::zstd;
    auto log = world.open().value();
    world.fill(*log, 40);
    CompactionRequest request = world.request();
    request.judge = nullptr;
    ASSERT_TRUE(log->compact(request).ok());
    ASSERT_TRUE(log->close().ok());
    const std::string name = segment_name(Position{0});
    const auto file = open_segment_file(*world.files, "store", name, nullptr, io::OpenMode::read).value();
    const std::uint64_t table = file.footer->section(offsets_section)->offset;
    const std::vector<Position> positions{Position{0}, Position{1}, Position{2}};
    for (const std::uint32_t offset : {1U, 4095U, 1U << 30, ~0U}) {
        world.files->replace(io::Path("store") / name, table, offsets_bytes({offset, offset, offset}));
        log = world.open(true).value();
        EventReader reader(*log);
        EXPECT_EQ(reader.expect(positions), positions.size());
        const auto event = reader.at(Position{0});
        EXPECT_TRUE(!event || *event == nullptr) << "an offset of " << offset;
    }
}

TEST(Compaction, seals_a_tail_that_is_worth_packing) {
    const TemporaryFolder folder;
    const auto log =
        SegmentLog::open(io::real_environment(), {.folder = folder.path() / "store", .segment_bytes = 64 << 20})
            .value();
    const auto pack = [&] {
        return log->compact({.end = log->head().next, .judge = {}, .options = {.compression = Compression::zstd}});
    };
    ASSERT_TRUE(append(*log, {}, 1, 10).ok());
    EXPECT_EQ(pack()->rewritten, 0U);
    while (log->segments().back().bytes < (5 << 20)) ASSERT_TRUE(append(*log, {}, 20, 100).ok());
    const std::uint64_t before = bytes_of(*log);
    const auto report = pack();
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_EQ(report->rewritten, 1U);
    EXPECT_LT(bytes_of(*log), before / 2);
    expect_sound(*log);
    ASSERT_TRUE(log->close().ok());
    EXPECT_FALSE(verify(*io::real_environment().files, folder.path() / "store")->damaged());
}

TEST(Compaction, an_older_version_is_told_that_it_is_too_old) {
    CompactionWorld world;
    const auto log = world.open().value();
    world.fill(*log, 10);
    world.known[0].leave = Leave::nothing;
    ASSERT_TRUE(log->compact(world.request()).ok());
    const std::string header = world.files->contents().at(io::Path("store") / segment_name(Position{0}));
    EXPECT_EQ(header.substr(8, 4), std::string("\2\0\0\0", 4)) << "the place where every version looks for the number";
}

TEST(Compaction, runs_while_appends_and_reads_go_on) {
    const TemporaryFolder folder;
    const auto log =
        SegmentLog::open(io::real_environment(), {.folder = folder.path() / "store", .segment_bytes = 64 << 10})
            .value();
    constexpr std::uint64_t blocks = 3000;
    std::thread writer([&] {
        for (std::uint64_t i = 0; i < blocks; ++i)
            if (!append(*log, Timestamp(std::chrono::microseconds(i)), 1, 3)) return;
    });
    std::atomic<bool> stop = false;
    std::thread walker([&] {
        EventReader reader(*log);
        for (std::uint64_t i = 0; !stop; i += 7) {
            if (i >= log->head().next.value) {
                i = 0;
                continue;
            }
            const auto event = reader.at(Position{i});
            ASSERT_TRUE(event.ok()) << event.error();
            if (*event != nullptr) {
                ASSERT_EQ((*event)->data, data_of(Position{i}));
            } else {
                ASSERT_NE(i % 4, 0U);
            }
        }
    });
    const Judge judge = [](const Event& event) -> Result<Leave> {
        return event.position.value % 4 == 0 ? Leave::all : Leave::nothing;
    };
    std::uint64_t removed = 0;
    while (log->head().sequence < blocks) {
        const auto report = log->compact({.end = log->head().next, .judge = judge});
        ASSERT_TRUE(report.ok()) << report.error();
        removed += report->events;
    }
    writer.join();
    stop = true;
    walker.join();
    const auto report = log->compact({.end = log->head().next, .judge = judge});
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_EQ(removed + report->events, 3 * blocks * 3 / 4);
    ASSERT_TRUE(log->close().ok());
    EXPECT_FALSE(verify(*io::real_environment().files, folder.path() / "store")->damaged());
}

}  // namespace
}  // namespace varve::log
