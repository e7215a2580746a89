/// The one seam to the disk. The engine reaches files only through these two interfaces, so that one and the
/// same code runs on the real file system, in memory, and on a faulty disk made from a seed.
/// Errors carry the path and the operation; `resource_exhausted` is ENOSPC/EDQUOT, `not_found` ENOENT,
/// `already_exists` EEXIST, `permission_denied` EACCES/EPERM/EROFS, `unavailable` everything else (EIO ...).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "varve/result.hpp"

namespace varve::io {

using Path = std::filesystem::path;

enum class OpenMode : std::uint8_t {
    read,           ///< must exist; write and truncate fail
    read_write,     ///< must exist
    create_new,     ///< must not exist; read and write
    create_private  ///< the same, and nobody but its owner may read or write it
};

/// An open file. Reads and writes at offsets may run from several threads at once.
class File {
public:
    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    virtual ~File() = default;

    /// Writes the parts one after the other from `offset`, all of them (short writes are continued, EINTR retried).
    /// After an error an unknown part may be written.
    virtual Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) = 0;
    Result<> write(std::uint64_t offset, std::string_view bytes) { return write(offset, std::span(&bytes, 1)); }

    /// Reads up to into.size() bytes; fewer only at the end of the file.
    virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;

    /// fdatasync: data, and the size where the data needs it. A failure is `unavailable` whatever its cause, also a full
    /// disk: what was written since the last sync may be gone, even from what reading shows. Never call again after it
    /// failed: poison instead.
    virtual Result<> sync_data() = 0;
    /// fsync: data and all metadata; fails as sync_data does.
    virtual Result<> sync_all() = 0;

    virtual Result<std::uint64_t> size() const = 0;
    virtual Result<> truncate(std::uint64_t size) = 0;

    /// Keeps other openings of the file from locking it, in this process and in others, until this File is gone or
    /// its process dies. `failed_precondition`: another one holds it.
    virtual Result<> lock() = 0;

    /// A view of the file's first `bytes` bytes, which may reach beyond its present end: what is written there
    /// later becomes visible in the view. Only bytes below the present size may be touched. The address stays
    /// the same and valid as long as the File lives. Call once, with the largest size the file can get.
    virtual Result<const char*> map(std::uint64_t bytes) = 0;

    /// A hint, as the next two, from any thread, once mapped: did this byte come from the disk? A guess, by the time it took.
    [[nodiscard]] virtual bool was_far([[maybe_unused]] std::uint64_t offset) { return false; }
    /// These bytes of the view are wanted soon: they may be fetched meanwhile, all such calls' at once. Costs a call of the
    /// operating system.
    virtual void will_want([[maybe_unused]] std::uint64_t offset, [[maybe_unused]] std::uint64_t bytes) {}

    /// Reads of these bytes of the view will lie far apart: what is beside them need not be fetched with them.
    virtual void will_scatter([[maybe_unused]] std::uint64_t offset, [[maybe_unused]] std::uint64_t bytes) {}

    /// From now on only the view is used: gives the descriptor back to the operating system, so that a store of
    /// thousands of segments does not hold thousands of descriptors. Every other call may then fail.
    virtual void keep_view_only() = 0;
};

/// Held as long as it lives; freed by the operating system when the process dies.
class FileLock {
public:
    FileLock() = default;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    virtual ~FileLock() = default;
};

/// A file system. Safe from any thread.
class Files {
public:
    Files() = default;
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
    virtual ~Files() = default;

    virtual Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) = 0;
    /// Names of the directory's entries, sorted, without `.` and `..`.
    virtual Result<std::vector<std::string>> list(const Path& directory) = 0;
    virtual Result<bool> exists(const Path& path) = 0;
    /// Atomic within one file system; replaces `to`. Durable after sync_directory of the parent.
    virtual Result<> rename(const Path& from, const Path& to) = 0;
    /// Gives the file `from` a second name, which must not exist: both show the same bytes, and the file stays until
    /// the last name is removed. Durable after sync_directory of `to`'s parent. `failed_precondition`: not possible
    /// between these two places (two file systems, one without hard links, too many names): copy instead.
    virtual Result<> link(const Path& from, const Path& to) = 0;
    virtual Result<> remove(const Path& path) = 0;
    /// Creates the directory and its parents, each made durable in its own parent; existing ones are fine.
    virtual Result<> create_directories(const Path& directory) = 0;
    /// Makes created, renamed and removed entries of the directory durable.
    virtual Result<> sync_directory(const Path& directory) = 0;
    /// Keeps everybody from writing to the file by mistake. Where only its owner may ask for that, others leave it.
    virtual Result<> set_read_only(const Path& path) = 0;
    /// May nobody write to the file, by what it says itself (whoever asks)?
    virtual Result<bool> is_read_only(const Path& path) = 0;
    virtual Result<std::uint64_t> free_bytes(const Path& directory) = 0;
    /// Takes an exclusive lock on the file (created when missing), writing `owner` into it. When somebody else
    /// holds it: `failed_precondition`, whose message quotes the owner's text.
    virtual Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) = 0;
};

/// The operating system's files.
[[nodiscard]] std::unique_ptr<Files> real_files();

}  // namespace varve::io
