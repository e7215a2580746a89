#include "upkeep/doctor.hpp"

#include <algorithm>
#include <functional>

#include "io/faulty_files.hpp"
#include "log/test_support.hpp"

namespace varve::upkeep {
namespace {

using Verdict = Diagnosis::Verdict;

/// A machine on which all is well.
Findings healthy() {
    Findings found;
    found.machine = {.file_system = "ext4",
                     .free_bytes = std::uint64_t{100} << 30,
                     .total_bytes = std::uint64_t{200} << 30,
                     .free_files = 1'000'000,
                     .open_files_max = 4096,
                     .file_bytes_max = {},
                     .maps_max = 65'530,
                     .memory_available = std::uint64_t{4} << 30,
                     .memory_max = {},
                     .clock_in_step = true,
                     .writable = true};
    found.place = "bank";
    found.sync =
        SyncFigures{.median = std::chrono::microseconds(130), .slowest = std::chrono::milliseconds(2), .syncs = 64};
    found.is_store = true;
    found.closed_in_order = true;
    found.segments = 12;
    found.now = Timestamp(std::chrono::seconds(1'800'000'000));
    found.last_commit = found.now - std::chrono::seconds(5);
    return found;
}

Diagnosis named(const std::vector<Diagnosis>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &Diagnosis::name);
    EXPECT_NE(found, all.end()) << name;
    return found == all.end() ? Diagnosis{} : *found;
}

TEST(Doctor, has_nothing_to_say_of_a_healthy_machine) {
    for (const Diagnosis& diagnosis : judge(healthy())) {
        EXPECT_EQ(diagnosis.verdict, Verdict::ok) << diagnosis.name << ": " << diagnosis.what;
        EXPECT_EQ(diagnosis.advice, "") << diagnosis.name;
    }
}

TEST(Doctor, sees_each_thing_that_is_not_well_and_says_what_to_do) {
    struct Case {
        std::string_view name;
        Verdict verdict;
        std::function<void(Findings&)> ail;
    };
    const std::vector<Case> cases = {
        {"store", Verdict::problem, [](Findings& f) { f.store_unseen = "cannot look at 'bank/STORE'"; }},
        {"store", Verdict::warning, [](Findings& f) { f.is_backup = true; }},
        {"sync", Verdict::warning, [](Findings& f) { f.sync->median = std::chrono::microseconds(2); }},
        {"sync", Verdict::warning, [](Findings& f) { f.sync->median = std::chrono::milliseconds(40); }},
        {"sync", Verdict::problem,
         [](Findings& f) {
             f.sync.reset();
             f.sync_failure = "cannot sync: Input/output error";
         }},
        {"file system", Verdict::problem, [](Findings& f) { f.machine.file_system = "tmpfs"; }},
        {"file system", Verdict::warning, [](Findings& f) { f.machine.file_system = "nfs"; }},
        {"file system", Verdict::warning, [](Findings& f) { f.machine.file_system = "overlay"; }},
        {"space", Verdict::problem, [](Findings& f) { f.machine.free_bytes = 100 << 20; }},
        {"space", Verdict::warning, [](Findings& f) { f.machine.free_bytes = 1 << 30; }},
        {"space", Verdict::problem, [](Findings& f) { f.machine.free_files = 3; }},
        {"access", Verdict::problem, [](Findings& f) { f.machine.writable = false; }},
        {"limits", Verdict::warning, [](Findings& f) { f.machine.open_files_max = 256; }},
        {"limits", Verdict::problem, [](Findings& f) { f.machine.file_bytes_max = 1 << 20; }},
        {"limits", Verdict::problem, [](Findings& f) { f.segments = 70'000; }},
        {"memory", Verdict::warning, [](Findings& f) { f.machine.memory_max = 64 << 20; }},
        {"clock", Verdict::warning, [](Findings& f) { f.last_commit = f.now + std::chrono::hours(1); }},
        {"clock", Verdict::warning, [](Findings& f) { f.machine.clock_in_step = false; }},
        {"store", Verdict::warning, [](Findings& f) { f.closed_in_order = false; }},
        {"store", Verdict::problem, [](Findings& f) { f.store_failure = "'seg' is damaged"; }},
    };
    for (const Case& each : cases) {
        Findings found = healthy();
        each.ail(found);
        const auto all = judge(found);
        const Diagnosis diagnosis = named(all, each.name);
        EXPECT_EQ(diagnosis.verdict, each.verdict) << each.name << ": " << diagnosis.what;
        EXPECT_NE(diagnosis.advice, "") << each.name;
        EXPECT_EQ(std::ranges::count_if(all, [](const Diagnosis& d) { return d.verdict != Verdict::ok; }), 1);
    }
}

TEST(Doctor, takes_an_open_store_for_what_it_is) {
    Findings found = healthy();
    found.closed_in_order = false;
    found.holder = "pid 42";
    const auto all = judge(found);
    EXPECT_EQ(named(all, "store").verdict, Verdict::ok);
    EXPECT_EQ(named(all, "writer").what, "held by pid 42");
}

TEST(Doctor, measures_a_sync_and_leaves_nothing_behind) {
    const auto files = std::make_shared<io::FaultyFiles>(1);
    io::ManualClock clock;
    const auto figures = measure_sync(*files, clock, "");
    ASSERT_TRUE(figures.ok()) << figures.error();
    EXPECT_EQ(figures->syncs, 64);
    EXPECT_TRUE(files->list("").value().empty());
    for (std::uint64_t call = 1; call < 200; ++call) {
        files->plan({.call = call});
        const auto measured = measure_sync(*files, clock, "");
        if (!files->happened()) {
            EXPECT_TRUE(measured.ok());
            break;
        }
        files->plan({});
        ASSERT_TRUE(measure_sync(*files, clock, "").ok());
        EXPECT_TRUE(files->list("").value().empty()) << call;
    }
}

}  // namespace
}  // namespace varve::upkeep
