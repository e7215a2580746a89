/// The log on a disk with faults (io/faulty_disk.hpp): what was acknowledged is found again, whole and in order;
/// what is shown was appended; every failure is told.
#include "io/faulty_files.hpp"

#include <filesystem>

#include "log/test_support.hpp"
#include "log/verify.hpp"

namespace varve::log {
namespace {

struct FaultyWorld {
    explicit FaultyWorld(std::uint64_t seed)
        : files(std::make_shared<io::FaultyFiles>(seed)), random(std::make_shared<io::SeededRandom>(seed)) {}

    [[nodiscard]] Result<std::shared_ptr<SegmentLog>> open() {
        return SegmentLog::open({.files = files, .clock = clock, .random = random, .executor = executor}, options);
    }

    std::shared_ptr<io::FaultyFiles> files;
    std::shared_ptr<io::ManualClock> clock = std::make_shared<io::ManualClock>();
    std::shared_ptr<io::ManualExecutor> executor = std::make_shared<io::ManualExecutor>();
    std::shared_ptr<io::Random> random;
    SegmentLogOptions options{.folder = "store", .segment_bytes = 8 << 10};
};

/// What a client of the log knows: how far it was told yes, and how far it ever tried.
struct Client {
    Head acknowledged;
    std::uint64_t attempted = 0;  ///< blocks
    std::string error;            ///< first words of a refusal, for messages

    void append_to(SegmentLog& log, std::uint32_t commits, std::uint32_t events) {
        attempted = std::max(attempted, log.head().sequence + 1);
        const auto appended = append(log, Timestamp(std::chrono::seconds(log.head().sequence)), commits, events);
        if (appended.ok()) {
            acknowledged = log.head();
        } else {
            error = appended.error().to_string();
        }
    }
};

/// Two lives of a store: appends with all that goes on in the background, a clean close, more appends, no close.
void work(FaultyWorld& world, Client& client) {
    for (int life = 0; life < 2; ++life) {
        const auto log = world.open();
        if (!log) return;
        for (std::uint32_t i = 0; i < 12; ++i) {
            client.append_to(**log, 1 + i % 2, 1 + i % 9);
            if (i % 4 == 3) world.executor->run_periodic();
            if (i % 4 == 1) world.executor->run_woken();
        }
        if (life == 0) (void)(*log)->close();
    }
}

/// Opens again and looks whether everything is as it was promised. Leaves the log open.
std::shared_ptr<SegmentLog> expect_kept(FaultyWorld& world, const Client& client) {
    auto log = world.open();
    EXPECT_TRUE(log.ok()) << log.error();
    if (!log) return nullptr;
    const Head head = (*log)->head();
    EXPECT_GE(head.sequence, client.acknowledged.sequence) << "an acknowledged block is missing";
    EXPECT_LE(head.sequence, client.attempted) << "there is a block that nobody appended";
    if (head.sequence == client.acknowledged.sequence) {
        EXPECT_EQ(head, client.acknowledged);
    }
    expect_sound(**log);
    return *log;
}

void expect_goes_on(FaultyWorld& world, Client client) {
    auto log = expect_kept(world, client);
    if (!log) return;
    client.error.clear();
    client.append_to(*log, 1, 3);
    EXPECT_EQ(client.error, "");
    EXPECT_TRUE(log->close().ok());
    log.reset();
    log = expect_kept(world, client);
    const auto report = verify(*world.files, world.options.folder);
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_FALSE(report->damaged());
}

std::uint64_t calls_of_work(Durability durability) {
    FaultyWorld world(0);
    world.options.durability = durability;
    Client client;
    work(world, client);
    EXPECT_EQ(client.error, "");
    return world.files->calls();
}

TEST(Faults, a_power_cut_at_every_call) {
    const std::uint64_t calls = calls_of_work(Durability::durable);
    ASSERT_GT(calls, 100U);
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        for (std::uint64_t call = 1; call <= calls; ++call) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", power cut at call " + std::to_string(call));
            FaultyWorld world(1000 * call + seed);
            Client client;
            world.files->plan({.call = call, .power_cut = true});
            work(world, client);
            world.files->crash();
            expect_goes_on(world, client);
            if (HasFailure()) return;
        }
    }
}

TEST(Faults, a_second_power_cut_during_recovery) {
    const std::uint64_t calls = calls_of_work(Durability::durable);
    for (std::uint64_t call = 5; call <= calls; call += 3) {
        SCOPED_TRACE("power cut at call " + std::to_string(call));
        FaultyWorld world(call);
        Client client;
        world.files->plan({.call = call, .power_cut = true});
        work(world, client);
        world.files->crash();
        for (std::uint64_t again = 1; again < 60; again += 1 + call % 7) {
            world.files->plan({.call = again, .power_cut = true});
            (void)world.open();
            world.files->crash();
        }
        expect_goes_on(world, client);
        if (HasFailure()) return;
    }
}

void fail_every_call(Code code, bool for_ever, bool crash) {
    const std::uint64_t calls = calls_of_work(Durability::durable);
    for (std::uint64_t call = 1; call <= calls; ++call) {
        SCOPED_TRACE("call " + std::to_string(call) + " fails");
        FaultyWorld world(call);
        Client client;
        world.files->plan({.call = call, .error = code, .for_ever = for_ever});
        work(world, client);
        if (crash) {
            world.files->crash();
        } else {
            world.files->kill();
        }
        expect_goes_on(world, client);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(Faults, every_call_fails_once) {
    fail_every_call(Code::unavailable, false, false);
}
TEST(Faults, every_call_fails_once_and_the_power_too) {
    fail_every_call(Code::unavailable, false, true);
}
TEST(Faults, every_call_fails_for_ever) {
    fail_every_call(Code::unavailable, true, true);
}
TEST(Faults, the_disk_is_full_at_every_call) {
    fail_every_call(Code::resource_exhausted, false, true);
}

TEST(Faults, buffered_blocks_survive_the_death_of_the_process) {
    const std::uint64_t calls = calls_of_work(Durability::buffered);
    for (std::uint64_t call = 1; call <= calls; ++call) {
        SCOPED_TRACE("death after call " + std::to_string(call));
        FaultyWorld world(call);
        world.options.durability = Durability::buffered;
        Client client;
        world.files->plan({.call = call, .power_cut = true});
        work(world, client);
        world.files->kill();
        expect_goes_on(world, client);
        if (HasFailure()) return;
    }
}

TEST(Faults, buffered_blocks_may_be_lost_with_the_power_but_never_in_the_middle) {
    const std::uint64_t calls = calls_of_work(Durability::buffered);
    for (std::uint64_t call = 1; call <= calls; ++call) {
        SCOPED_TRACE("power cut at call " + std::to_string(call));
        FaultyWorld world(call);
        world.options.durability = Durability::buffered;
        Client client;
        world.files->plan({.call = call, .power_cut = true});
        work(world, client);
        world.files->crash();
        client.acknowledged = Head{};
        const auto log = expect_kept(world, client);
        if (HasFailure()) return;
    }
}

TEST(Faults, what_was_made_durable_survives_a_power_cut) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        FaultyWorld world(seed);
        world.options.durability = Durability::buffered;
        const auto log = world.open();
        Client client;
        for (std::uint32_t i = 0; i < 1 + seed % 20; ++i) client.append_to(**log, 1, 5);
        ASSERT_TRUE((*log)->make_durable(client.acknowledged.sequence).ok());
        world.files->crash();
        expect_goes_on(world, client);
        if (HasFailure()) return;
    }
}

TEST(Faults, a_failed_sync_refuses_all_later_appends_and_reads_go_on) {
    FaultyWorld world(1);
    const auto log = world.open();
    ASSERT_TRUE(append(**log, Timestamp{}).ok());
    world.files->plan({.call = 3});  // free space, write, sync
    const auto failed = append(**log, Timestamp{});
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code, Code::unavailable);
    EXPECT_NE(failed.error().message.find("unknown"), std::string::npos);
    EXPECT_EQ(append(**log, Timestamp{}).error().code, Code::unavailable);
    EXPECT_EQ((*log)->head().next, Position{1});
    expect_sound(**log);
}

TEST(Faults, a_full_disk_refuses_before_anything_is_written) {
    FaultyWorld world(1);
    const auto log = world.open();
    world.files->limit_space(3 << 20);
    Client client;
    while (client.error.empty()) {
        client.append_to(**log, 8, 8);
        world.executor->run_woken();
        ASSERT_LT(client.attempted, 10'000U);
    }
    EXPECT_NE(client.error.find("resource_exhausted"), std::string::npos) << client.error;
    expect_sound(**log);
    world.files->limit_space(30 << 20);
    client.error.clear();
    client.append_to(**log, 1, 1);
    EXPECT_EQ(client.error, "") << "it works again when there is room";
    world.files->crash();
    expect_goes_on(world, client);
}

TEST(Faults, a_reader_beside_the_writer_never_sees_what_a_crash_takes_away) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        FaultyWorld world(seed);
        world.options.durability = Durability::buffered;
        const auto writer = world.open();
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(append(**writer, Timestamp{}, 1, 3).ok());
        FaultyWorld other(seed);
        other.files = world.files;
        other.options.read_only = true;
        const auto reader = other.open();
        ASSERT_TRUE(reader.ok()) << reader.error();
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(append(**writer, Timestamp{}, 1, 40).ok());
        ASSERT_TRUE((*reader)->refresh().ok());
        const Head seen = (*reader)->head();
        ASSERT_TRUE(append(**writer, Timestamp{}).ok());
        world.files->crash();
        Client client{.acknowledged = seen, .attempted = 11, .error = {}};
        expect_goes_on(world, client);
    }
}

}  // namespace
}  // namespace varve::log
