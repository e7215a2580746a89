#include "disk/recycled_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace varve::bench {
namespace {

Error failure(const std::string& what) {
    return {Code::unavailable, what + ": " + std::strerror(errno)};
}

Result<> write_all(int descriptor, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failure("cannot write the recycled file");
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<> fill_with_zeros(int descriptor, std::uint64_t bytes) {
    const std::string zeros(4 << 20, '\0');
    for (std::uint64_t at = 0; at < bytes; at += zeros.size()) {
        const std::string_view part = std::string_view(zeros).substr(0, bytes - at);
        if (auto worked = write_all(descriptor, at, part); !worked) return worked;
    }
    return ::fsync(descriptor) == 0 ? Result<>() : failure("cannot sync the recycled file");
}

}  // namespace

Result<std::unique_ptr<RecycledFile>> RecycledFile::open(const Path& path, std::uint64_t bytes) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return failure("cannot open " + path.string());
    struct stat status{};
    auto worked = ::fstat(descriptor, &status) == 0 ? Result<>() : failure("cannot look at " + path.string());
    if (worked && static_cast<std::uint64_t>(status.st_size) < bytes) worked = fill_with_zeros(descriptor, bytes);
    void* map = worked ? ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, 0) : MAP_FAILED;
    if (map != MAP_FAILED)
        return std::unique_ptr<RecycledFile>(new RecycledFile(descriptor, bytes, static_cast<const char*>(map)));
    if (worked) worked = failure("cannot map " + path.string());
    ::close(descriptor);
    return std::move(worked).error();
}

RecycledFile::~RecycledFile() {
    ::munmap(const_cast<char*>(map_), size_);
    ::close(descriptor_);
}

Result<> RecycledFile::write(std::uint64_t offset, std::string_view bytes) {
    return write_all(descriptor_, offset, bytes);
}

Result<> RecycledFile::sync() {
    return ::fdatasync(descriptor_) == 0 ? Result<>() : failure("cannot sync the recycled file");
}

}  // namespace varve::bench
