/// A file whose bytes all exist before they are written: what a sync costs least with. The probe R and the bare
/// log write into such files.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "subjects/subject.hpp"

namespace varve::bench {

class RecycledFile {
public:
    /// Opens the file, writing `bytes` of zeros into it (synced) when it is not that long yet.
    [[nodiscard]] static Result<std::unique_ptr<RecycledFile>> open(const Path& path, std::uint64_t bytes);
    ~RecycledFile();
    RecycledFile(const RecycledFile&) = delete;
    RecycledFile& operator=(const RecycledFile&) = delete;

    /// Requires offset + bytes.size() <= size().
    Result<> write(std::uint64_t offset, std::string_view bytes);
    Result<> sync();
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// The whole file, mapped for reading.
    [[nodiscard]] const char* map() const { return map_; }

private:
    RecycledFile(int descriptor, std::uint64_t size, const char* map)
        : descriptor_(descriptor), size_(size), map_(map) {}

    int descriptor_;
    std::uint64_t size_;
    const char* map_;
};

}  // namespace varve::bench
