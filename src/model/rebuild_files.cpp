#include "model/rebuild_files.hpp"

namespace varve {

Result<> RebuildFiles::settle() {
    const auto there = files_.exists(path_), has_previous = files_.exists(previous()), has_next = files_.exists(next());
    for (const auto* known : {&there, &has_previous, &has_next}) {
        if (!known->ok()) return known->error();
    }
    if (*there || !*has_previous || !*has_next) return {};
    if (Result<> renamed = files_.rename(previous(), path_); !renamed.ok()) return renamed;
    return sync();
}

Result<> RebuildFiles::exchange(const std::string& incoming, const std::string& outgoing) {
    // What an earlier rebuild has left under this name is of no use, and its log would be read as that of the new one.
    if (Result<> removed = remove(outgoing); !removed.ok()) return removed;
    const auto in_order = [&]() -> Result<> {
        if (Result<> renamed = files_.rename(path_, outgoing); !renamed.ok()) return renamed;
        if (Result<> durable = sync(); !durable.ok()) return durable;
        if (Result<> renamed = files_.rename(incoming, path_); !renamed.ok()) return renamed;
        return sync();
    };
    Result<> done = in_order();
    if (!done.ok()) undo(incoming, outgoing);
    return done;
}

void RebuildFiles::undo(const std::string& incoming, const std::string& outgoing) {
    const auto missing = [&](const std::string& path) { return files_.exists(path).value_or(true) == false; };
    // Where this fails as well, the next start settles it.
    if (!missing(path_) && missing(incoming)) static_cast<void>(files_.rename(path_, incoming));
    if (missing(path_)) static_cast<void>(files_.rename(outgoing, path_));
}

Result<> RebuildFiles::remove(const std::string& path) {
    for (const char* suffix : {"-wal", "-shm", ""}) {
        const auto there = files_.exists(path + suffix);
        if (!there.ok()) return there.error();
        if (!*there) continue;
        if (Result<> removed = files_.remove(path + suffix); !removed.ok()) return removed;
    }
    return {};
}

Result<> RebuildFiles::sync() {
    const io::Path folder = io::Path(path_).parent_path();
    return files_.sync_directory(folder.empty() ? io::Path(".") : folder);
}

}  // namespace varve
