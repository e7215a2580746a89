#include "io/machine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace varve::io {
namespace {

struct Named {
    std::uint64_t number;
    const char* name;
};

// Numbers of statfs(2).
constexpr std::array file_systems = std::to_array<Named>({
    {0xef53, "ext4"},
    {0x58465342, "xfs"},
    {0x9123683e, "btrfs"},
    {0x2fc12fc1, "zfs"},
    {0x01021994, "tmpfs"},
    {0x858458f6, "ramfs"},
    {0x794c7630, "overlay"},
    {0x6969, "nfs"},
    {0xff534d42, "cifs"},
    {0xfe534d42, "smb2"},
    {0x65735546, "fuse"},
    {0xf2f52010, "f2fs"},
    {0x4d44, "fat"},
    {0x5346544e, "ntfs"},
    {0x01021997, "9p"},
    {0xca451a4e, "bcachefs"},
});

std::string name_of(std::uint64_t number) {
    for (const Named& each : file_systems)
        if (each.number == number) return each.name;
    return fmt::format("0x{:x}", number);
}

std::optional<std::uint64_t> limit_of(__rlimit_resource which) {
    rlimit limit{};
    if (::getrlimit(which, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
    return limit.rlim_cur;
}

std::optional<std::uint64_t> number_in(const char* path) {
    std::ifstream file(path);
    std::uint64_t number = 0;
    if (file >> number) return number;
    return {};
}

std::optional<std::uint64_t> available_memory() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    while (file >> word) {
        std::uint64_t kibibytes = 0;
        if (word == "MemAvailable:" && file >> kibibytes) return kibibytes * 1024;
    }
    return {};
}

std::optional<bool> clock_in_step() {
    timex asked{};
    const int state = ::adjtimex(&asked);
    if (state < 0) return {};
    return (asked.status & STA_UNSYNC) == 0;
}

}  // namespace

Result<MachineFacts> look_at_machine(const Path& folder) {
    struct statfs kind{};
    struct statvfs space{};
    if (::statfs(folder.c_str(), &kind) != 0 || ::statvfs(folder.c_str(), &space) != 0) {
        const int number = errno;
        return Error{.code = number == ENOENT ? Code::not_found : Code::unavailable,
                     .message = fmt::format("cannot look at '{}': {}", folder.string(),
                                            std::generic_category().message(number))};
    }
    MachineFacts facts;
    facts.file_system = name_of(static_cast<std::uint64_t>(kind.f_type) & 0xffffffff);
    facts.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
    facts.total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize;
    if (space.f_files > 0) facts.free_files = space.f_favail;
    facts.open_files_max = limit_of(RLIMIT_NOFILE);
    facts.file_bytes_max = limit_of(RLIMIT_FSIZE);
    facts.maps_max = number_in("/proc/sys/vm/max_map_count");
    facts.memory_available = available_memory();
    facts.memory_max = number_in("/sys/fs/cgroup/memory.max");
    facts.clock_in_step = clock_in_step();
    facts.writable = ::access(folder.c_str(), W_OK) == 0;
    return facts;
}

std::optional<std::string> lock_holder(const Path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return {};
    std::optional<std::string> holder;
    // A shared lock, and only for a moment: a writer that comes just now may have to come again.
    if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        std::array<char, 64> text{};
        const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
        holder = got > 0 ? std::string(text.data(), static_cast<std::size_t>(got)) : "another process";
    }
    ::close(descriptor);
    return holder;
}

}  // namespace varve::io
