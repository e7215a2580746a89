/// The model of a disk that loses power. What a process sees (the page cache) and what is on the disk are kept
/// apart, per file and per directory.
///
/// The faults, and nothing but these, are what the engine has to survive:
/// - A write is on the disk after a successful sync of its file. Before that, each of its 512-byte sectors may or
///   may not be there after a crash, in any combination, also across writes.
/// - A file's size persists independently of its bytes: it may have grown without them (then zeros, or stale bytes
///   of the same file, are there), or they may be cut off. A truncation may or may not have happened.
/// - A created, linked, renamed or removed entry is on the disk after a successful sync of its directory; before that each
///   may or may not be. A rename is atomic. Syncing a file says nothing of its entry.
/// - When a sync fails, some of what it should have written is on the disk, the rest never will be, though later
///   syncs succeed; the process goes on seeing all of it, or only what is on the disk. Every opening of the file that
///   was there is told once, by its own next sync.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/files.hpp"
#include "io/memory_buffer.hpp"

namespace varve::io {

/// A file: what the process sees, what is on the disk, and what is on its way.
class FaultyFile {
public:
    FaultyFile() = default;
    /// As it is on the disk after a crash.
    explicit FaultyFile(std::string image);

    [[nodiscard]] const MemoryBuffer& cached() const { return cached_; }
    [[nodiscard]] bool write(std::uint64_t offset, std::string_view bytes);
    [[nodiscard]] bool resize(std::uint64_t size);
    void sync();
    void fail_sync(std::mt19937_64& random);
    /// How many syncs have failed.
    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    /// What a crash leaves of it.
    [[nodiscard]] std::string image_after_crash(std::mt19937_64& random) const;
    /// Changes a bit on the disk and in the cache.
    void flip(std::uint64_t bit);

    bool read_only = false;
    bool locked = false;

private:
    static constexpr std::uint64_t sector_bytes = 512;
    struct Change {
        std::uint64_t offset;
        std::string bytes;
        bool resize = false;  ///< to `offset`
    };
    static void apply(std::string& image, const Change& change);
    static void apply_some_sectors(std::string& image, const Change& change, std::mt19937_64& random);

    MemoryBuffer cached_;
    std::string durable_;
    std::vector<Change> changes_;
    std::uint64_t failures_ = 0;
};

/// All files and their names. Not synchronised.
class FaultyDisk {
public:
    using Entries = std::map<Path, std::shared_ptr<FaultyFile>>;

    [[nodiscard]] const Entries& entries() const { return cached_; }
    [[nodiscard]] const std::set<Path>& directories() const { return directories_; }
    [[nodiscard]] std::shared_ptr<FaultyFile> find(const Path& path) const;
    [[nodiscard]] bool is_directory(const Path& path) const;
    [[nodiscard]] std::uint64_t used_bytes() const;

    std::shared_ptr<FaultyFile> create(const Path& path);
    void rename(const Path& from, const Path& to);
    void link(const Path& from, const Path& to);
    void remove(const Path& path);
    void create_directories(const Path& path);
    void sync_directory(const Path& path);
    /// Files of their own with the same bytes, all of them on the disk.
    [[nodiscard]] FaultyDisk copy() const;
    /// The power fails: files and entries become what was on the disk, and some of what was on its way.
    void crash(std::mt19937_64& random);

private:
    struct Change {
        Path from;  ///< empty: created, or a second name
        Path to;    ///< empty: removed
        std::shared_ptr<FaultyFile> file;
    };
    static void apply(Entries& entries, const Change& change);
    void change(Change change);

    Entries cached_;
    Entries durable_;
    std::set<Path> directories_;
    std::vector<Change> changes_;
};

}  // namespace varve::io
