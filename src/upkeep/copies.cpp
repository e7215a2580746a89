#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "io/environment.hpp"
#include "store/names.hpp"
#include "upkeep/backup.hpp"
#include "upkeep/fork.hpp"
#include "upkeep/restore.hpp"
#include "varve/backup.hpp"

namespace varve {
namespace {

bool lies_in(const std::filesystem::path& inner, const std::filesystem::path& outer) {
    auto at = inner.begin();
    for (const auto& part : outer) {
        if (part.empty()) continue;
        if (at == inner.end() || *at != part) return false;
        ++at;
    }
    return true;
}

/// Neither may be inside the other: what one holds would change what the other is.
Result<> check_places(const std::string& folder, const std::string& target) {
    for (const std::string& path : {folder, target})
        if (auto checked = store::check_path(path); !checked) return checked;
    std::error_code error;
    const auto from = std::filesystem::weakly_canonical(std::filesystem::absolute(folder), error);
    if (error) return Error{Code::unavailable, "cannot look at '" + folder + "': " + error.message()};
    const auto to = std::filesystem::weakly_canonical(std::filesystem::absolute(target), error);
    if (error) return Error{Code::unavailable, "cannot look at '" + target + "': " + error.message()};
    if (!lies_in(to, from) && !lies_in(from, to)) return {};
    return Error{Code::failed_precondition, "'" + target + "' and '" + folder +
                                                "' lie inside one another: choose a folder beside it, best on another "
                                                "disk"};
}

/// Folders without the slash at their end, so that they have a name and a parent.
std::filesystem::path plain(const std::string& path) {
    const std::filesystem::path given(path);
    return given.has_filename() || !given.has_parent_path() ? given : given.parent_path();
}

}  // namespace

Result<BackupReport> backup(const std::string& folder, const std::string& target, const BackupOptions& options) {
    if (auto checked = check_places(folder, target); !checked) return checked.error();
    return upkeep::backup(io::real_environment(), plain(folder), plain(target), options);
}

Result<CopyReport> restore(const std::string& folder, const std::string& target, const Until& until,
                           const Watch& watch) {
    if (auto checked = check_places(folder, target); !checked) return checked.error();
    return upkeep::restore(io::real_environment(), plain(folder), plain(target), until, watch);
}

Result<CopyReport> fork(const std::string& folder, const std::string& target, const Until& until, const Watch& watch) {
    if (auto checked = check_places(folder, target); !checked) return checked.error();
    return upkeep::fork(io::real_environment(), plain(folder), plain(target), until, watch);
}

}  // namespace varve
