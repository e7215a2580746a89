#include "log/read_ahead.hpp"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace varve::log {
namespace {

/// Notes what is asked for.
class Asked final : public io::File {
public:
    using Range = std::pair<std::uint64_t, std::uint64_t>;
    std::vector<Range> ranges;

    void will_want(std::uint64_t offset, std::uint64_t bytes) override { ranges.emplace_back(offset, offset + bytes); }
    [[nodiscard]] bool covers(std::uint64_t offset) const {
        for (const auto& [begin, end] : ranges)
            if (offset >= begin && offset < end) return true;
        return false;
    }

    Result<> write(std::uint64_t, std::span<const std::string_view>) override { return {}; }
    Result<std::size_t> read(std::uint64_t, std::span<char>) override { return std::size_t{0}; }
    Result<> sync_data() override { return {}; }
    Result<> sync_all() override { return {}; }
    Result<std::uint64_t> size() const override { return std::uint64_t{0}; }
    Result<> truncate(std::uint64_t) override { return {}; }
    Result<> lock() override { return {}; }
    Result<const char*> map(std::uint64_t) override { return static_cast<const char*>(nullptr); }
    void keep_view_only() override {}
};

constexpr std::uint64_t file_bytes = 20 << 20;

TEST(ReadAhead, asks_for_what_a_walk_comes_to_once_and_in_large_pieces) {
    for (const bool forward : {true, false}) {
        for (const std::uint64_t step : {std::uint64_t{400}, std::uint64_t{16} << 10, std::uint64_t{200} << 10}) {
            Asked file;
            ReadAhead ahead;
            std::uint64_t missed = 0;
            for (std::uint64_t walked = step; walked <= file_bytes; walked += step) {
                const std::uint64_t offset = forward ? walked - step : file_bytes - walked;
                ahead.come_to(file, offset, file_bytes);
                missed += file.covers(offset) ? 0 : step;
            }
            EXPECT_LE(missed, (64U << 10) + 3 * step) << "only before it is known for a walk";
            EXPECT_LE(file.ranges.size(), file_bytes / (256 << 10) + 1);
            std::uint64_t asked = 0;
            for (const auto& [begin, end] : file.ranges) {
                asked += end - begin;
                EXPECT_LE(end, file_bytes);
            }
            EXPECT_LE(asked, file_bytes) << "nothing twice";
        }
    }
}

TEST(ReadAhead, leaves_scattered_reads_alone) {
    Asked file;
    ReadAhead ahead;
    std::mt19937_64 rolls(1);
    for (int i = 0; i < 10'000; ++i) ahead.come_to(file, rolls() % (std::uint64_t{1} << 30), std::uint64_t{1} << 30);
    EXPECT_LE(file.ranges.size(), 3U);
}

TEST(ReadAhead, begins_anew_in_another_file) {
    Asked file;
    ReadAhead ahead;
    for (std::uint64_t offset = 0; offset < file_bytes; offset += 4096) ahead.come_to(file, offset, file_bytes);
    ahead.forget();
    file.ranges.clear();
    for (std::uint64_t offset = 0; offset < file_bytes; offset += 4096) ahead.come_to(file, offset, file_bytes);
    EXPECT_TRUE(file.covers(1 << 20));
}

}  // namespace
}  // namespace varve::log
