#include "varve/inspect.hpp"

#include <filesystem>
#include <utility>

#include "log/segment_log.hpp"
#include "log/store_file.hpp"
#include "store/names.hpp"
#include "upkeep/backup_reading.hpp"
#include "upkeep/doctor.hpp"
#include "upkeep/explain.hpp"
#include "upkeep/stats.hpp"

namespace varve {
namespace {

void look_at_store(const io::Environment& environment, const io::Path& folder, upkeep::Findings& found) {
    const auto there = environment.files->exists(folder / log::store_name);
    if (!there) {
        found.store_unseen = there.error().message;
        return;
    }
    found.is_store = *there;
    found.is_backup = upkeep::looks_like_backup(*environment.files, folder);
    if (!found.is_store) return;
    found.holder = io::lock_holder(folder / log::store_name);
    if (found.holder) {
        const auto named = io::lock_holder(folder / "LOCK");
        found.holder = named ? *named : "another process";
    }
    const auto store = log::StoreFile::open(*environment.files, folder, true);
    if (store) found.closed_in_order = (*store)->state().clean;
    const auto log = log::SegmentLog::open(environment, {.folder = folder, .create = false, .read_only = true});
    if (!log) {
        found.store_failure = log.error().message;
        return;
    }
    found.segments = (*log)->segments().size();
    if ((*log)->first_time()) found.last_commit = (*log)->head().time;
}

}  // namespace

Result<Explanation> explain(const std::string& folder, Position position) {
    if (auto checked = store::check_path(folder); !checked) return checked.error();
    return upkeep::explain(*io::real_environment().files, folder, position);
}

Result<StoreStats> stats(const std::string& folder, const StatsOptions& options) {
    if (auto checked = store::check_path(folder); !checked) return checked.error();
    return upkeep::stats(io::real_environment(), folder, options);
}

Result<std::vector<Diagnosis>> doctor(const std::string& folder) {
    if (auto checked = store::check_path(folder); !checked) return checked.error();
    const io::Environment environment = io::real_environment();
    // Of a store that is to be made, the folder that it will lie in tells most.
    io::Path place = folder;
    const auto there = environment.files->exists(place);
    if (!there) return there.error();
    if (*there && !std::filesystem::is_directory(place)) {
        return Error{Code::invalid_argument,
                     "'" + folder + "' is a file: give the folder of a store, or where one is to be made"};
    }
    if (!*there) place = std::filesystem::absolute(place).lexically_normal().parent_path();
    auto machine = io::look_at_machine(place);
    if (!machine) return machine.error();
    upkeep::Findings found;
    found.machine = *std::move(machine);
    found.place = place.string();
    found.now = environment.clock->now();
    if (*there) look_at_store(environment, place, found);
    if (auto sync = upkeep::measure_sync(*environment.files, *environment.clock, place)) {
        found.sync = *sync;
    } else {
        found.sync_failure = sync.error().message;
    }
    return upkeep::judge(found);
}

}  // namespace varve
