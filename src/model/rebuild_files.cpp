#include "model/rebuild_files.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace varve {

namespace {

io::Path parent_of(const std::string& path) {
    const io::Path folder = io::Path(path).parent_path();
    return folder.empty() ? io::Path(".") : folder;
}

}  // namespace

std::vector<std::string> partition_files(const std::string& path, unsigned partitions) {
    if (partitions == 1) return {path};
    std::vector<std::string> paths;
    for (unsigned index = 0; index < partitions; ++index) paths.push_back(fmt::format("{}.{}", path, index));
    return paths;
}

Result<> remove_database(io::Files& files, const std::string& path) {
    for (const char* suffix : {"-wal", "-shm", ""}) {
        const auto there = files.exists(path + suffix);
        if (!there.ok()) return there.error();
        if (!*there) continue;
        if (Result<> removed = files.remove(path + suffix); !removed.ok()) return removed;
    }
    return {};
}

Result<> RebuildFiles::settle() {
    const auto interrupted = files_.exists(marker_);
    if (!interrupted.ok()) return interrupted.error();
    for (const std::string& path : paths_) {
        if (Result<> settled = settle_one(path, *interrupted); !settled.ok()) return settled;
    }
    return *interrupted ? remove_marker() : Result<>();
}

Result<> RebuildFiles::settle_one(const std::string& path, bool interrupted) {
    const std::string next = path + next_suffix, previous = path + previous_suffix;
    const auto there = files_.exists(path), has_previous = files_.exists(previous), has_next = files_.exists(next);
    for (const auto* known : {&there, &has_previous, &has_next}) {
        if (!known->ok()) return known->error();
    }
    if (interrupted && *there && *has_previous && !*has_next) {
        // Its partition was exchanged, and another one was not.
        if (Result<> renamed = rename(path, next); !renamed.ok()) return renamed;
        return rename(previous, path);
    }
    return *there || !*has_previous || !*has_next ? Result<>() : rename(previous, path);
}

Result<> RebuildFiles::exchange(const std::string& incoming, const std::string& outgoing) {
    Result<> done = set_marker();
    std::size_t exchanged = 0;
    while (done.ok() && exchanged < paths_.size()) {
        done = exchange_one(paths_[exchanged], incoming, outgoing);
        if (done.ok()) ++exchanged;
    }
    if (done.ok()) done = remove_marker();
    if (done.ok()) return done;
    for (std::size_t i = 0; i < exchanged; ++i) undo_one(paths_[i], incoming, outgoing);
    static_cast<void>(remove_marker());
    return done;
}

Result<> RebuildFiles::exchange_one(const std::string& path, const std::string& incoming, const std::string& outgoing) {
    // What an earlier rebuild has left under this name is of no use, and its log would be read as that of the new one.
    Result<> done = remove_database(files_, path + outgoing);
    if (done.ok()) done = rename(path, path + outgoing);
    if (done.ok()) done = rename(path + incoming, path);
    if (!done.ok()) undo_one(path, incoming, outgoing);
    return done;
}

void RebuildFiles::undo_one(const std::string& path, const std::string& incoming, const std::string& outgoing) {
    const auto missing = [&](const std::string& name) { return files_.exists(name).value_or(true) == false; };
    // Where this fails as well, the next start settles it.
    if (!missing(path) && missing(path + incoming)) static_cast<void>(files_.rename(path, path + incoming));
    if (missing(path)) static_cast<void>(files_.rename(path + outgoing, path));
}

Result<> RebuildFiles::set_marker() {
    if (paths_.size() == 1) return {};
    const auto marker = files_.open(marker_, io::OpenMode::create_new);
    if (!marker.ok() && marker.error().code != Code::already_exists) return marker.error();
    return files_.sync_directory(parent_of(marker_));
}

Result<> RebuildFiles::remove_marker() {
    if (paths_.size() == 1) return {};
    const auto there = files_.exists(marker_);
    if (!there.ok()) return there.error();
    if (!*there) return {};
    if (Result<> removed = files_.remove(marker_); !removed.ok()) return removed;
    return files_.sync_directory(parent_of(marker_));
}

Result<> RebuildFiles::rename(const std::string& from, const std::string& to) {
    if (Result<> renamed = files_.rename(from, to); !renamed.ok()) return renamed;
    return files_.sync_directory(parent_of(to));
}

}  // namespace varve
