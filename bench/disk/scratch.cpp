#include "disk/scratch.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <fstream>

#include <fmt/format.h>

namespace varve::bench {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view prefix = "varve-bench-";

/// The folders of runs that no longer run.
void remove_leftovers(const Path& parent) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(prefix)) continue;
        pid_t owner = 0;
        const char* end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + prefix.size(), end, owner);
        if (read.ec != std::errc() || read.ptr != end || ::kill(owner, 0) == 0) continue;
        fs::remove_all(entry.path(), ignored);
    }
}

}  // namespace

Result<Scratch> Scratch::make(const Path& parent, std::uint64_t free_bytes) {
    std::error_code error;
    fs::create_directories(parent, error);
    if (error)
        return Error{Code::permission_denied,
                     fmt::format("cannot make the folder '{}': {}", parent.string(), error.message())};
    remove_leftovers(parent);

    struct statfs system{};
    if (::statfs(parent.c_str(), &system) != 0 || system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC) {
        return Error{Code::failed_precondition,
                     fmt::format("'{}' lies in memory, where a sync means nothing; choose a disk with --folder",
                                 parent.string())};
    }
    const std::uint64_t available = system.f_bavail * static_cast<std::uint64_t>(system.f_bsize);
    if (available < free_bytes) {
        return Error{
            Code::resource_exhausted,
            fmt::format("'{}' has {:.1f} GB free, this run needs {:.1f} GB; choose another disk with --folder",
                        parent.string(), static_cast<double>(available) / 1e9, static_cast<double>(free_bytes) / 1e9)};
    }
    Path path = parent / fmt::format("{}{}", prefix, ::getpid());
    fs::create_directory(path, error);
    if (error)
        return Error{Code::permission_denied,
                     fmt::format("cannot make the folder '{}': {}", path.string(), error.message())};
    return Scratch(std::move(path));
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Scratch::~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Path Scratch::fresh(const std::string& name) const {
    Path folder = path_ / name;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    fs::create_directories(folder, ignored);
    return folder;
}

void Scratch::remove(const Path& folder) const {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    const int directory = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::syncfs(directory);
    ::close(directory);
}

std::uint64_t bytes_on_disk(const Path& folder) {
    constexpr std::uint64_t block_bytes = 512;
    std::uint64_t bytes = 0;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
        struct stat status{};
        if (entry.is_regular_file() && ::stat(entry.path().c_str(), &status) == 0) {
            bytes += static_cast<std::uint64_t>(status.st_blocks) * block_bytes;
        }
    }
    return bytes;
}

std::uint64_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::uint64_t kilobytes = 0;
        if (word == "RssAnon:" && status >> kilobytes) return kilobytes << 10;
    }
    return 0;
}

}  // namespace varve::bench
