#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "io/files.hpp"

namespace varve::io {
namespace {

/// Longer than any page that is in memory takes to be mapped, shorter than a disk takes to answer.
constexpr std::chrono::microseconds far{20};

Code code_of(int number) {
    switch (number) {
        case ENOSPC:
        case EDQUOT: return Code::resource_exhausted;
        case ENOENT: return Code::not_found;
        case EEXIST: return Code::already_exists;
        case EXDEV:
        case EMLINK:
        case EOPNOTSUPP: return Code::failed_precondition;
        case EACCES:
        case EPERM:
        case EROFS: return Code::permission_denied;
        default: return Code::unavailable;
    }
}

/// What whoever reads the error can do about it; nothing where that is for the caller to say.
std::string_view next_step(int number) {
    switch (number) {
        case EACCES:
        case EPERM: return "; check who owns it and who may use it";
        case EROFS: return "; its file system is mounted read-only";
        case ENOTDIR: return "; check the path: a part of it is a file";
        case EMFILE:
        case ENFILE: return "; too many files are open: raise the limit (ulimit -n)";
        default: return "";
    }
}

/// The error in errno, as `cannot sync 'store/seg-0.log': Input/output error`.
Error system_error(std::string_view operation, const Path& path) {
    const int number = errno;
    return {.code = code_of(number),
            .message = fmt::format("cannot {} '{}': {}{}", operation, path.string(),
                                   std::generic_category().message(number), next_step(number))};
}

Error sync_error(const Path& path) {
    Error error = system_error("sync", path);
    error.code = Code::unavailable;
    return error;
}

/// Calls again as long as a signal interrupts.
template <class Call>
auto retried(Call&& call) {
    for (;;) {
        const auto answer = call();
        if (answer >= 0 || errno != EINTR) return answer;
    }
}

/// Owns a descriptor.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() { close(); }
    [[nodiscard]] int number() const { return number_; }
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

private:
    int number_;
};

class RealFile final : public File {
public:
    RealFile(Descriptor descriptor, Path path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}
    ~RealFile() override {
        if (view_ != nullptr) ::munmap(view_, view_bytes_);
    }

    using File::write;
    Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) override {
        std::array<iovec, 8> vectors;
        while (!parts.empty()) {
            const std::size_t count = std::min(parts.size(), vectors.size());
            for (std::size_t i = 0; i < count; ++i) {
                vectors[i] = {.iov_base = const_cast<char*>(parts[i].data()), .iov_len = parts[i].size()};
            }
            if (auto written = write_vectors(offset, std::span(vectors).first(count)); !written) {
                return std::move(written).error();
            }
            for (const std::string_view part : parts.first(count)) offset += part.size();
            parts = parts.subspan(count);
        }
        return {};
    }

    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const ssize_t got = retried([&] {
                return ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                               static_cast<off_t>(offset + done));
            });
            if (got < 0) return system_error("read", path_);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    Result<> sync_data() override {
        if (retried([&] { return ::fdatasync(descriptor_.number()); }) != 0) return sync_error(path_);
        return {};
    }

    Result<> sync_all() override {
        if (retried([&] { return ::fsync(descriptor_.number()); }) != 0) return sync_error(path_);
        return {};
    }

    Result<std::uint64_t> size() const override {
        struct stat status{};
        if (::fstat(descriptor_.number(), &status) != 0) return system_error("look at", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

    Result<> truncate(std::uint64_t size) override {
        if (retried([&] { return ::ftruncate(descriptor_.number(), static_cast<off_t>(size)); }) != 0) {
            return system_error("truncate", path_);
        }
        return {};
    }

    Result<> lock() override {
        if (retried([&] { return ::flock(descriptor_.number(), LOCK_EX | LOCK_NB); }) == 0) return {};
        if (errno != EWOULDBLOCK) return system_error("lock", path_);
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("'{}' is held by another store or process; only one process may write to "
                                            "a store at a time",
                                            path_.string())};
    }

    Result<const char*> map(std::uint64_t bytes) override {
        if (view_ != nullptr || bytes == 0) {
            return Error{.code = Code::internal,
                         .message = fmt::format("'{}' is mapped twice or empty", path_.string())};
        }
        void* view = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor_.number(), 0);
        if (view == MAP_FAILED) return system_error("map", path_);
        view_ = view;
        view_bytes_ = bytes;
        return static_cast<const char*>(view);
    }

    bool was_far(std::uint64_t offset) override {
        const auto before = std::chrono::steady_clock::now();
        static_cast<void>(*(static_cast<const volatile char*>(view_) + offset));
        return std::chrono::steady_clock::now() - before > far;
    }

    void will_want(std::uint64_t offset, std::uint64_t bytes) override { advise(offset, bytes, MADV_WILLNEED); }
    void will_scatter(std::uint64_t offset, std::uint64_t bytes) override { advise(offset, bytes, MADV_RANDOM); }

    void keep_view_only() override {
        if (view_ != nullptr) descriptor_.close();
    }

private:
    /// Only hints: what the system answers changes nothing.
    void advise(std::uint64_t offset, std::uint64_t bytes, int advice) const {
        static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        const std::uint64_t begin = offset / page_bytes * page_bytes;
        static_cast<void>(::madvise(static_cast<char*>(view_) + begin, offset - begin + bytes, advice));
    }

    /// Writes all of the vectors, which it uses up.
    Result<> write_vectors(std::uint64_t offset, std::span<iovec> vectors) {
        while (!vectors.empty()) {
            const ssize_t got = retried([&] {
                // For a single piece, a tenth less for the operating system to do.
                return vectors.size() == 1 ? ::pwrite(descriptor_.number(), vectors.front().iov_base,
                                                      vectors.front().iov_len, static_cast<off_t>(offset))
                                           : ::pwritev(descriptor_.number(), vectors.data(),
                                                       static_cast<int>(vectors.size()), static_cast<off_t>(offset));
            });
            if (got < 0) return system_error("write", path_);
            auto written = static_cast<std::size_t>(got);
            offset += written;
            while (!vectors.empty() && written >= vectors.front().iov_len) {
                written -= vectors.front().iov_len;
                vectors = vectors.subspan(1);
            }
            if (!vectors.empty()) {
                vectors.front().iov_base = static_cast<char*>(vectors.front().iov_base) + written;
                vectors.front().iov_len -= written;
            }
        }
        return {};
    }

    Descriptor descriptor_;
    Path path_;
    void* view_ = nullptr;
    std::size_t view_bytes_ = 0;
};

class RealLock final : public FileLock {
public:
    explicit RealLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

private:
    Descriptor descriptor_;
};

int flags_of(OpenMode mode) {
    switch (mode) {
        case OpenMode::read: return O_RDONLY;
        case OpenMode::read_write: return O_RDWR;
        case OpenMode::create_new:
        case OpenMode::create_private: return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

Descriptor open_descriptor(const Path& path, int flags, mode_t rights = 0666) {
    return Descriptor(retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, rights); }));
}

class RealFiles final : public Files {
public:
    Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
        Descriptor descriptor =
            open_descriptor(path, flags_of(mode), mode == OpenMode::create_private ? S_IRUSR | S_IWUSR : 0666);
        if (descriptor.number() < 0) return system_error("open", path);
        return std::unique_ptr<File>(std::make_unique<RealFile>(std::move(descriptor), path));
    }

    Result<std::vector<std::string>> list(const Path& directory) override {
        std::error_code error;
        std::vector<std::string> names;
        for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
             entry.increment(error)) {
            names.push_back(entry->path().filename().string());
        }
        if (error) return failed("list", directory, error);
        std::ranges::sort(names);
        return names;
    }

    Result<bool> exists(const Path& path) override {
        std::error_code error;
        const bool there = std::filesystem::exists(path, error);
        if (error) return failed("look at", path, error);
        return there;
    }

    Result<> rename(const Path& from, const Path& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from);
        return {};
    }

    Result<> link(const Path& from, const Path& to) override {
        if (::link(from.c_str(), to.c_str()) != 0) return system_error("make a second name of", from);
        return {};
    }

    Result<> remove(const Path& path) override {
        if (::unlink(path.c_str()) != 0) return system_error("remove", path);
        return {};
    }

    Result<> create_directories(const Path& directory) override {
        std::vector<Path> missing;
        for (Path path = directory; !path.empty(); path = path.parent_path()) {
            const auto there = exists(path);
            if (!there) return there.error();
            if (*there) break;
            missing.push_back(path);
        }
        for (auto path = missing.rbegin(); path != missing.rend(); ++path) {
            if (::mkdir(path->c_str(), 0777) != 0 && errno != EEXIST) return system_error("create", *path);
            const Path parent = path->has_parent_path() ? path->parent_path() : Path(".");
            if (auto synced = sync_directory(parent); !synced) return synced;
        }
        return {};
    }

    Result<> sync_directory(const Path& directory) override {
        const Descriptor descriptor = open_descriptor(directory, O_RDONLY | O_DIRECTORY);
        if (descriptor.number() < 0) return system_error("open", directory);
        if (retried([&] { return ::fsync(descriptor.number()); }) != 0) return system_error("sync", directory);
        return {};
    }

    Result<> set_read_only(const Path& path) override {
        if (::chmod(path.c_str(), 0444) != 0 && errno != EPERM) return system_error("protect", path);
        return {};
    }

    Result<bool> is_read_only(const Path& path) override {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0) return system_error("look at", path);
        return (status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0;
    }

    Result<std::uint64_t> free_bytes(const Path& directory) override {
        struct statvfs status{};
        if (retried([&] { return ::statvfs(directory.c_str(), &status); }) != 0) {
            return system_error("look at the free space of", directory);
        }
        return std::uint64_t{status.f_bavail} * status.f_frsize;
    }

    Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) override {
        Descriptor descriptor = open_descriptor(path, O_RDWR | O_CREAT);
        if (descriptor.number() < 0) return system_error("open", path);
        if (retried([&] { return ::flock(descriptor.number(), LOCK_EX | LOCK_NB); }) != 0) {
            if (errno != EWOULDBLOCK) return system_error("lock", path);
            std::array<char, 64> text{};
            const ssize_t got = ::pread(descriptor.number(), text.data(), text.size(), 0);
            const std::string_view holder = got > 0 ? std::string_view(text.data(), static_cast<std::size_t>(got))
                                                    : std::string_view("another process");
            return Error{
                .code = Code::failed_precondition,
                .message =
                    holder == owner
                        ? fmt::format("'{}' is held by {}, this program itself (or one in another container): open a "
                                      "store once, and use copies of that Store",
                                      path.string(), holder)
                        : fmt::format("'{}' is held by {}; one process writes to a store at a time: end that one, or "
                                      "wait for it; reading is possible meanwhile",
                                      path.string(), holder)};
        }
        if (::ftruncate(descriptor.number(), 0) != 0 ||
            ::pwrite(descriptor.number(), owner.data(), owner.size(), 0) < 0) {
            return system_error("write", path);
        }
        return std::unique_ptr<FileLock>(std::make_unique<RealLock>(std::move(descriptor)));
    }

private:
    static Error failed(std::string_view operation, const Path& path, const std::error_code& error) {
        errno = error.value();
        return system_error(operation, path);
    }
};

}  // namespace

std::unique_ptr<Files> real_files() {
    return std::make_unique<RealFiles>();
}

}  // namespace varve::io
