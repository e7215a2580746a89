/// Where the benchmark's data lies while it runs.
#pragma once

#include <cstdint>

#include "subjects/subject.hpp"

namespace varve::bench {

/// A folder of this process below the one the user chose; removed with everything in it when it goes out of scope.
class Scratch {
public:
    /// Requires `free_bytes` of room, on a file system that is a disk: in memory a sync means nothing. Also removes
    /// what a killed run left behind.
    [[nodiscard]] static Result<Scratch> make(const Path& parent, std::uint64_t free_bytes);
    Scratch(Scratch&& other) noexcept;
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch();

    [[nodiscard]] const Path& path() const { return path_; }
    /// An empty folder of that name; what was there before is removed.
    [[nodiscard]] Path fresh(const std::string& name) const;
    /// Removes it and waits until the disk has nothing of it left to do, so that the next one starts in peace.
    void remove(const Path& folder) const;

private:
    explicit Scratch(Path path) : path_(std::move(path)) {}

    Path path_;
};

/// Bytes that the disk holds for the files below a folder (blocks, not lengths: holes and tails count as they are).
[[nodiscard]] std::uint64_t bytes_on_disk(const Path& folder);

/// Memory of this process that is no file's page, in bytes (RssAnon).
[[nodiscard]] std::uint64_t resident_bytes();

}  // namespace varve::bench
