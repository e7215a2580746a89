#include "upkeep/new_store.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "log/digest.hpp"
#include "log/store_folder.hpp"
#include "upkeep/manifest.hpp"

namespace varve::upkeep {
namespace {

constexpr std::string_view lock_name = "LOCK";

/// What making a store leaves in its folder before it is one.
bool is_ours(std::string_view name) {
    return name == lock_name || name == log::incomplete_name || name == std::string(log::incomplete_name) + ".tmp" ||
           name == part_name || name == "STORE.tmp" || log::is_segment_name(name);
}

Error not_empty(const io::Path& target, std::string_view name) {
    return {.code = Code::failed_precondition,
            .message = fmt::format("'{}' holds '{}': choose an empty or a new folder", target.string(), name)};
}

}  // namespace

Result<NewStore> NewStore::begin(const io::Environment& environment, const io::Path& target,
                                 const std::string& request) {
    NewStore store(environment, target);
    io::Files& files = *environment.files;
    if (auto taken = store.take_folder(); !taken) return taken.error();
    const io::Path marker = target / log::incomplete_name;
    auto text = read_small_file(files, marker);
    if (!text) return text.error();
    if (*text) {
        const std::size_t space = (*text)->find(' ');
        const auto id = EventId::parse((*text)->substr(0, space));
        if (id && space != std::string::npos && (*text)->substr(space + 1) == request + "\n") {
            store.id_ = id->bytes;
            store.resumed_ = true;
        }
    }
    if (store.resumed_) {
        if (auto removed = remove_if_there(files, store.part()); !removed) return removed.error();
        return store;
    }
    if (auto removed = store.remove_all(); !removed) return removed.error();
    store.id_ = log::draw_id(*environment.random);
    auto written = write_small_file(files, marker, log::to_string(store.id_) + " " + request + "\n");
    if (!written) return written.error();
    return store;
}

Result<> NewStore::take_folder() {
    io::Files& files = *environment_.files;
    const auto there = files.exists(target_);
    if (!there) return there.error();
    if (*there) {
        const auto names = files.list(target_);
        if (!names) return names.error();
        const bool begun = std::ranges::find(*names, log::incomplete_name) != names->end();
        for (const std::string& name : *names) {
            if (!is_ours(name) || (log::is_segment_name(name) && !begun)) return not_empty(target_, name);
        }
    } else if (auto made = files.create_directories(target_); !made) {
        return made;
    }
    auto lock = files.lock(target_ / lock_name, fmt::format("pid {}", ::getpid()));
    if (!lock) return lock.error();
    lock_ = std::move(*lock);
    return {};
}

Result<> NewStore::remove_all() const {
    io::Files& files = *environment_.files;
    const auto names = files.list(target_);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        if (name == lock_name || name == log::incomplete_name) continue;
        if (auto removed = remove_if_there(files, target_ / name); !removed) return removed;
    }
    // The segments must be gone before the marker speaks of others.
    return files.sync_directory(target_);
}

io::Path NewStore::part() const {
    return target_ / part_name;
}

Result<> NewStore::keep_part(Position segment) const {
    if (auto set = environment_.files->set_read_only(part()); !set) return set;
    return environment_.files->rename(part(), path_of(segment));
}

Result<> NewStore::finish(const SealedFile* last, std::uint64_t commits, std::vector<log::Ancestor> ancestors) const {
    io::Files& files = *environment_.files;
    if (auto synced = files.sync_directory(target_); !synced) return synced;
    log::StoreState state{.id = id_,
                          .created = environment_.clock->now(),
                          .clean = true,
                          .checkpoint = {},
                          .ancestors = std::move(ancestors)};
    if (last != nullptr) {
        state.checkpoint = {.head = last->footer.end,
                            .commits = commits,
                            .segment = last->header.begin.next,
                            .segment_end = last->header.end_as_written(last->footer.frames_end)};
    }
    const auto made = log::StoreFile::create(files, target_, state);
    if (!made) return made.error();
    return remove_if_there(files, target_ / log::incomplete_name);
}

void NewStore::tell(CopyReport& report, const log::StoreId& origin, const log::Head& end) const {
    report.id = log::to_string(id_);
    report.origin = log::to_string(origin);
    report.events = end.next.value;
    report.digest = log::digest_of(end);
}

}  // namespace varve::upkeep
