#include "disk/cold.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "disk/recycled_file.hpp"

namespace varve::bench {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t file_bytes = 512 << 20;

class Descriptor {
public:
    explicit Descriptor(const Path& path) : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

}  // namespace

void forget_pages(const Path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const Descriptor file(entry.path());
        ::fdatasync(file.number());
        ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
    }
}

Result<double> random_reads(const Path& folder, std::chrono::duration<double> time) {
    const Path path = folder / "random";
    if (auto written = RecycledFile::open(path, file_bytes); !written) return std::move(written).error();
    forget_pages(folder);
    const Descriptor file(path);
    ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_RANDOM);
    std::array<char, page_bytes> page{};
    std::uint64_t random = 88172645463325252U;
    std::uint64_t reads = 0;
    const auto start = std::chrono::steady_clock::now();
    std::chrono::duration<double> elapsed{};
    while (elapsed < time) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        const auto at = static_cast<off_t>((random >> 20) % (file_bytes / page_bytes) * page_bytes);
        if (::pread(file.number(), page.data(), page.size(), at) != static_cast<ssize_t>(page.size())) {
            return Error{Code::unavailable, fmt::format("cannot read '{}'", path.string())};
        }
        ++reads;
        elapsed = std::chrono::steady_clock::now() - start;
    }
    return static_cast<double>(reads) / elapsed.count();
}

}  // namespace varve::bench
