#include "upkeep/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "upkeep/manifest.hpp"

namespace varve::upkeep {
namespace {

using Verdict = Diagnosis::Verdict;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::string_view probe_name = "doctor.tmp";
constexpr std::uint64_t probe_bytes = mebibyte;
constexpr std::size_t write_bytes = 4096;
constexpr int probes = 64;

// No disk keeps a sync's promise faster than this; a slower one than that is felt in every commit.
constexpr microseconds sync_incredible{15};
constexpr milliseconds sync_slow{10};

std::string size_text(std::uint64_t bytes) {
    if (bytes < 10 * mebibyte) return fmt::format("{} KiB", bytes / 1024);
    return bytes / mebibyte < std::uint64_t{10} * 1024 ? fmt::format("{} MiB", bytes / mebibyte)
                                                       : fmt::format("{} GiB", bytes / mebibyte / 1024);
}

std::string time_text(std::chrono::nanoseconds time) {
    return fmt::format("{:.2f} ms", static_cast<double>(time.count()) / 1e6);
}

Diagnosis sync_of(const Findings& found) {
    if (!found.sync) {
        return {"sync", Verdict::problem, found.sync_failure, "mend that first: no commit can be kept without"};
    }
    const SyncFigures& sync = *found.sync;
    std::string what = fmt::format("a write of 4 KiB is on the disk after {} (slowest of {}: {})",
                                   time_text(sync.median), sync.syncs, time_text(sync.slowest));
    if (sync.median < sync_incredible) {
        return {"sync", Verdict::warning, std::move(what),
                "no disk is that fast: the sync seems to be ignored (memory, a cache without a battery, a virtual disk "
                "that does not pass it on), so a power failure can take acknowledged commits"};
    }
    if (sync.median > sync_slow) {
        return {"sync", Verdict::warning, std::move(what),
                "every lone commit waits that long: append from several threads, which share one sync, or use a "
                "faster disk"};
    }
    return {"sync", Verdict::ok, std::move(what), ""};
}

Diagnosis file_system_of(const Findings& found) {
    const std::string& name = found.machine.file_system;
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, name) != names.end();
    };
    if (is({"tmpfs", "ramfs"})) {
        return {"file system", Verdict::problem, name + ": it lives in memory",
                "everything is gone after a restart: choose a folder on a disk"};
    }
    if (is({"nfs", "cifs", "smb2", "9p", "fuse"})) {
        return {
            "file system", Verdict::warning, name + ": it is somewhere else",
            "locks and syncs are only as good as the other side's: keep the store on a disk of this machine, and its "
            "backups there"};
    }
    if (is({"fat", "ntfs", "overlay"})) {
        return {"file system", Verdict::warning, name,
                "no place for a store: choose a folder on ext4, xfs, btrfs or zfs (in a container: a volume)"};
    }
    return {"file system", Verdict::ok, name, ""};
}

Diagnosis space_of(const Findings& found) {
    const io::MachineFacts& machine = found.machine;
    std::string what = fmt::format("{} free of {}", size_text(machine.free_bytes), size_text(machine.total_bytes));
    if (machine.free_files && *machine.free_files < 1000) {
        return {"space", Verdict::problem, fmt::format("room for only {} more files", *machine.free_files),
                "delete small files, or use another file system: a store makes new ones as it grows"};
    }
    if (machine.free_bytes < 256 * mebibyte) {
        return {"space", Verdict::problem, std::move(what),
                "a store takes the next segment ahead of need: make room, or appends will soon be refused (nothing is "
                "lost then)"};
    }
    if (machine.free_bytes < 2048 * mebibyte || machine.free_bytes < machine.total_bytes / 20) {
        return {"space", Verdict::warning, std::move(what), "make room before it runs out"};
    }
    return {"space", Verdict::ok, std::move(what), ""};
}

Diagnosis access_of(const Findings& found) {
    if (found.machine.writable) return {"access", Verdict::ok, "the folder can be written to", ""};
    return {"access", Verdict::problem, "the folder '" + found.place + "' cannot be written to by this user",
            "run as the user who owns it, or give it to this one; reading a store is possible without"};
}

Diagnosis limits_of(const Findings& found) {
    const io::MachineFacts& machine = found.machine;
    const auto text = [](const std::optional<std::uint64_t>& limit) {
        return limit ? std::to_string(*limit) : std::string("any number of");
    };
    if (machine.file_bytes_max && *machine.file_bytes_max < 2048 * mebibyte) {
        return {"limits", Verdict::problem, fmt::format("files of at most {}", size_text(*machine.file_bytes_max)),
                "raise the limit (ulimit -f unlimited): a segment must fit"};
    }
    std::string what =
        fmt::format("{} open files, {} mapped areas", text(machine.open_files_max), text(machine.maps_max));
    if (machine.maps_max && found.segments + 1000 > *machine.maps_max) {
        return {"limits", Verdict::problem, fmt::format("{}; the store has {} segments", what, found.segments),
                "raise vm.max_map_count (sysctl): each segment is mapped once by every opening"};
    }
    if (machine.open_files_max && *machine.open_files_max < 1024) {
        return {"limits", Verdict::warning, std::move(what), "raise the limit of open files (ulimit -n 4096)"};
    }
    return {"limits", Verdict::ok, std::move(what), ""};
}

Diagnosis memory_of(const Findings& found) {
    const auto& available = found.machine.memory_available;
    const auto& most = found.machine.memory_max;
    if (!available && !most) return {"memory", Verdict::ok, "not known", ""};
    const std::uint64_t usable = std::min(available.value_or(UINT64_MAX), most.value_or(UINT64_MAX));
    if (usable < 256 * mebibyte) {
        return {"memory", Verdict::warning, size_text(usable) + " to be had",
                "a busy store wants about 200 MiB, and reads are fastest from the page cache: give it more"};
    }
    return {"memory", Verdict::ok, size_text(usable) + " to be had", ""};
}

Diagnosis clock_of(const Findings& found) {
    if (found.last_commit && *found.last_commit > found.now) {
        return {
            "clock", Verdict::warning,
            fmt::format("it shows {}, but the last commit was at {}", to_string(found.now),
                        to_string(*found.last_commit)),
            "commit times never go back: until the clock has caught up, new events carry the last commit's. Set the "
            "clock right"};
    }
    if (found.machine.clock_in_step == false) {
        return {"clock", Verdict::warning, to_string(found.now) + ", and nothing keeps it right",
                "events carry its time: let NTP set it (systemd-timesyncd, chrony)"};
    }
    return {"clock", Verdict::ok, to_string(found.now), ""};
}

Diagnosis holder_of(const Findings& found) {
    if (found.holder) {
        return {"writer", Verdict::ok, "held by " + *found.holder, ""};
    }
    return {"writer", Verdict::ok, "nobody holds the store", ""};
}

Diagnosis store_of(const Findings& found) {
    if (!found.store_unseen.empty()) {
        return {"store", Verdict::problem, found.store_unseen, "run as the user who owns it, or give it to this one"};
    }
    if (found.is_backup) {
        return {"store", Verdict::warning, "'" + found.place + "' is a backup, not a store",
                "'varve verify' reads it, 'varve restore' makes a store of it in another folder"};
    }
    if (!found.is_store) return {"store", Verdict::ok, "none yet in '" + found.place + "'", ""};
    if (!found.store_failure.empty()) {
        return {"store", Verdict::problem, found.store_failure, "run 'varve verify', restore a backup"};
    }
    const std::string segments = std::to_string(found.segments) + (found.segments == 1 ? " segment" : " segments");
    if (found.holder) {
        return {"store", Verdict::ok, segments + ", open", ""};
    }
    if (found.closed_in_order) {
        return {"store", Verdict::ok, segments + ", closed in order", ""};
    }
    return {"store", Verdict::warning, segments + ", not closed in order: its writer was killed, or the power failed",
            "nothing needs to be done: the next opening finds out where the log ends. 'varve verify' looks at every "
            "byte"};
}

}  // namespace

Result<SyncFigures> measure_sync(io::Files& files, io::Clock& clock, const io::Path& folder) {
    const io::Path path = folder / probe_name;
    if (auto removed = remove_if_there(files, path); !removed) return removed.error();
    auto file = files.open(path, io::OpenMode::create_new);
    if (!file) return file.error();
    auto measured = [&]() -> Result<SyncFigures> {
        const std::string zeros(probe_bytes, '\0');
        if (auto written = (*file)->write(0, zeros); !written) return written.error();
        if (auto synced = (*file)->sync_all(); !synced) return synced.error();
        std::vector<std::chrono::nanoseconds> times;
        const std::string bytes(write_bytes, 'v');
        for (int i = 0; i < probes; ++i) {
            const auto begin = clock.steady_now();
            const std::uint64_t at = static_cast<std::uint64_t>(i) * write_bytes % probe_bytes;
            if (auto written = (*file)->write(at, bytes); !written) return written.error();
            if (auto synced = (*file)->sync_data(); !synced) return synced.error();
            times.push_back(clock.steady_now() - begin);
        }
        std::ranges::sort(times);
        return SyncFigures{.median = times[times.size() / 2], .slowest = times.back(), .syncs = probes};
    }();
    if (auto removed = files.remove(path); !removed) return removed.error();
    return measured;
}

std::vector<Diagnosis> judge(const Findings& found) {
    return {store_of(found), holder_of(found), access_of(found), sync_of(found), file_system_of(found),
            space_of(found), limits_of(found), memory_of(found), clock_of(found)};
}

}  // namespace varve::upkeep
