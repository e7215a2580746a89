#include "log/store_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "log/little_endian.hpp"
#include "log/recovery.hpp"
#include "log/segment.hpp"

namespace varve::log {
namespace {

constexpr std::string_view lock_name = "LOCK";
constexpr std::string_view temporary_store_name = "STORE.tmp";

/// What a store whose making was interrupted can have left.
bool is_of_a_beginning(std::string_view name) {
    return name == lock_name || name == temporary_store_name || name == spare_name;
}

/// What can be said about a folder without STORE. Ok: nothing in it that is not ours to begin with.
Result<> check_fresh(io::Files& files, const io::Path& folder, bool to_create) {
    const auto names = files.list(folder);
    if (!names) return names.error();
    // Somebody may have made the store since it was looked for.
    if (std::ranges::find(*names, store_name) != names->end()) return {};
    if (std::ranges::find(*names, incomplete_name) != names->end()) {
        return Error{
            .code = Code::failed_precondition,
            .message = fmt::format("the store in '{}' is not whole: a restore or fork into it was interrupted; "
                                   "repeat that, or delete the folder",
                                   folder.string())};
    }
    if (std::ranges::find(*names, "BACKUP") != names->end()) {
        return Error{
            .code = Code::failed_precondition,
            .message = fmt::format("'{}' is a backup, not a store: 'varve restore' makes a store of it in another "
                                   "folder",
                                   folder.string())};
    }
    if (std::ranges::any_of(*names, is_segment_name)) {
        return damaged(store_name, 0,
                       fmt::format("the file is missing from '{}', though there are segments", folder.string()));
    }
    const auto foreign = std::ranges::find_if_not(*names, is_of_a_beginning);
    if (foreign == names->end()) return {};
    return Error{.code = Code::failed_precondition,
                 .message = fmt::format("'{}' is no store (it holds '{}' but no STORE): {}", folder.string(), *foreign,
                                        to_create ? "choose an empty or a new folder" : "check the path")};
}

Error no_store(const io::Path& folder) {
    return {.code = Code::not_found,
            .message = fmt::format("there is no store in '{}': check the path", folder.string())};
}

Result<bool> has_store(io::Files& files, const io::Path& folder) {
    auto there = files.exists(folder);
    if (!there || !*there) return there;
    return files.exists(folder / store_name);
}

}  // namespace

StoreId draw_id(io::Random& random) {
    StoreId id;
    char* at = reinterpret_cast<char*>(id.data());
    store(at, random.next());
    store(at + 8, random.next());
    // A version 4 UUID.
    id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x40);
    id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
    return id;
}

Result<StoreFolder> open_store_folder(const io::Environment& environment, const SegmentLogOptions& options) {
    io::Files& files = *environment.files;
    auto there = has_store(files, options.folder);
    if (!there) return there.error();
    if (!*there) {
        const auto folder_there = files.exists(options.folder);
        if (!folder_there) return folder_there.error();
        const bool to_create = options.create && !options.read_only;
        if (*folder_there) {
            if (auto fresh = check_fresh(files, options.folder, to_create); !fresh) return fresh.error();
        }
        if (!to_create) return no_store(options.folder);
        if (auto created = files.create_directories(options.folder); !created) return created.error();
    }
    StoreFolder folder;
    if (!options.read_only) {
        auto lock = files.lock(options.folder / lock_name, fmt::format("pid {}", ::getpid()));
        if (!lock) return lock.error();
        folder.lock = std::move(*lock);
        // Somebody may have made the store since we looked.
        there = has_store(files, options.folder);
        if (!there) return there.error();
    }
    if (!*there) {
        auto made = StoreFile::create(
            files, options.folder,
            {.id = draw_id(*environment.random), .created = environment.clock->now(), .checkpoint = {}});
        if (!made) return made.error();
        folder.store = std::move(*made);
        return folder;
    }
    auto store = StoreFile::open(files, options.folder, options.read_only);
    if (!store) return store.error();
    if ((*store)->state().read_only_features && !options.read_only) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("the store in '{}' uses features this Varve can only read: open it read "
                                            "only, or with a newer version",
                                            options.folder.string())};
    }
    folder.store = std::move(*store);
    return folder;
}

Result<std::vector<std::string>> segment_names(io::Files& files, const io::Path& folder) {
    auto names = files.list(folder);
    if (names) std::erase_if(*names, [](const std::string& name) { return !is_segment_name(name); });
    return names;
}

}  // namespace varve::log
