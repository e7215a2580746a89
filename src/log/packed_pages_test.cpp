/// What is packed unpacks to itself, from any offset on; what is damaged reads as zeros.
#include "log/packed_pages.hpp"

#include <gtest/gtest.h>

#include <random>

#include "io/memory_files.hpp"
#include "log/little_endian.hpp"
#include "log/page_packer.hpp"

namespace varve::log {
namespace {

/// A file that is a segment's as far as pages go.
class PackedPagesTest : public ::testing::TestWithParam<std::uint32_t> {
protected:
    /// `frames`: anything. `piece`: how much of it is given to the packer at a time.
    void pack(std::string frames, std::size_t piece) {
        frames_ = std::move(frames);
        header_.page_bytes = GetParam();
        header_.written_end = 1;
        header_.salt = 7;
        std::string bytes(segment_header_bytes, 'h');
        PagePacker packer(header_.page_bytes);
        for (std::size_t at = 0; at < frames_.size(); at += piece) packer.add(frames_.substr(at, piece), bytes);
        packer.finish(bytes);
        footer_.frames_end = segment_header_bytes + frames_.size();
        footer_.pages_end = packer.pages_end();
        ASSERT_EQ(footer_.pages_end, bytes.size());
        bytes += footer_.encode(header_.salt, packer.sections());
        bytes_ = std::move(bytes);
        ASSERT_TRUE(PackedPages::fit(header_, footer_));
    }

    [[nodiscard]] std::shared_ptr<const PackedPages> from_file() {
        const auto files = io::memory_files();
        file_ = files->open("segment", io::OpenMode::create_new).value();
        EXPECT_TRUE(file_->write(0, bytes_).ok());
        return PackedPages::in(*file_, header_, footer_).value();
    }
    [[nodiscard]] std::shared_ptr<const PackedPages> from_view() {
        if (!viewed_) viewed_ = io::memory_files()->open("viewed", io::OpenMode::create_new).value();
        return std::make_shared<const PackedPages>(*viewed_, bytes_.data(), header_, footer_);
    }
    /// The bytes in the section, to be changed.
    [[nodiscard]] char* section(std::uint32_t type) { return bytes_.data() + footer_.section(type)->offset; }
    [[nodiscard]] std::string all(const PackedPages& pages) const {
        PageWindow window;
        return std::string(window.at(pages, segment_header_bytes, frames_.size()).value());
    }

    std::string frames_;
    SegmentHeader header_;
    SegmentFooter footer_;
    std::string bytes_;
    std::unique_ptr<io::File> file_;
    std::unique_ptr<io::File> viewed_;
};

std::string words(std::size_t bytes, std::uint64_t seed) {
    std::mt19937_64 rolls(seed);
    std::string text;
    while (text.size() < bytes) {
        text += rolls() % 3 == 0 ? R"({"account":"a)" : R"(","cents":)";
        text += std::to_string(rolls() % 100000);
    }
    text.resize(bytes);
    return text;
}

std::string noise(std::size_t bytes) {
    std::mt19937_64 rolls(1);
    std::string text(bytes, '\0');
    for (char& byte : text) byte = static_cast<char>(rolls());
    return text;
}

INSTANTIATE_TEST_SUITE_P(Bytes, PackedPagesTest, ::testing::Values(page_bytes_min, 16 << 10, page_bytes_max));

TEST_P(PackedPagesTest, unpack_to_what_was_packed) {
    for (const std::size_t bytes : {1UL, 4095UL, 4096UL, 4097UL, 100'000UL, 6'000'001UL}) {
        for (const std::size_t piece : {bytes, std::size_t{30011}}) {
            SCOPED_TRACE(bytes);
            pack(words(bytes, bytes), piece);
            EXPECT_TRUE(all(*from_view()) == frames_);
            EXPECT_TRUE(all(*from_file()) == frames_);
            EXPECT_LT(bytes_.size(), segment_header_bytes + 1024 + dictionary_bytes_max + bytes / 2);
        }
    }
    pack(noise(50'000), 50'000);
    EXPECT_TRUE(all(*from_view()) == frames_) << "what cannot be compressed is stored";
}

TEST_P(PackedPagesTest, are_read_from_anywhere) {
    pack(words(300'000, 1), 300'000);
    const auto viewed = from_view();
    const auto read = from_file();
    std::mt19937_64 rolls(2);
    PageWindow window;
    for (int i = 0; i < 3000; ++i) {
        const PackedPages& pages = rolls() % 8 == 0 ? *read : *viewed;
        const std::size_t at = rolls() % 4 == 0 ? frames_.size() - 1 - rolls() % 100 : rolls() % frames_.size();
        const std::size_t wanted = rolls() % (rolls() % 4 == 0 ? 200'000 : 500);
        const auto got = window.at(pages, segment_header_bytes + at, wanted);
        ASSERT_TRUE(got.ok()) << got.error();
        ASSERT_GE(got->size(), std::min(std::max<std::size_t>(wanted, 1), frames_.size() - at));
        ASSERT_TRUE(frames_.substr(at, got->size()) == *got) << at << " " << wanted;
    }
    EXPECT_EQ(*window.at(*viewed, segment_header_bytes - 1, 1), "");
    EXPECT_EQ(*window.at(*viewed, segment_header_bytes + frames_.size(), 1), "");
}

TEST_P(PackedPagesTest, a_damaged_page_reads_as_zeros_and_the_others_as_they_are) {
    pack(words(3 * std::size_t{GetParam()}, 1), 1 << 20);
    const std::uint64_t first_end = load<std::uint32_t>(section(pages_section));
    const std::uint64_t second_end = load<std::uint32_t>(section(pages_section) + page_entry_bytes);
    std::string expected = frames_;
    expected.replace(GetParam(), GetParam(), GetParam(), '\0');
    for (const std::uint64_t at : {first_end, (first_end + second_end) / 2, second_end - 1}) {
        bytes_[at] ^= 0x10;
        EXPECT_TRUE(all(*from_view()) == expected) << at;
        EXPECT_TRUE(all(*from_file()) == expected) << at;
        bytes_[at] ^= 0x10;
    }
    EXPECT_TRUE(all(*from_view()) == frames_);
}

TEST_P(PackedPagesTest, whatever_the_sections_say_nothing_is_read_from_where_nothing_is) {
    pack(words(100'000, 1), 100'000);
    const std::string whole = bytes_;
    std::mt19937_64 rolls(3);
    for (int i = 0; i < 2000; ++i) {
        bytes_ = whole;
        const std::uint32_t type = rolls() % 4 == 0 ? dictionary_section : pages_section;
        const std::uint64_t bytes = footer_.section(type)->bytes;
        if (bytes == 0) continue;
        for (std::uint64_t changes = 1 + rolls() % 3; changes > 0; --changes)
            section(type)[rolls() % bytes] = static_cast<char>(rolls());
        const std::string seen = all(*from_view());
        ASSERT_EQ(seen.size(), frames_.size());
        ASSERT_TRUE(all(*from_file()) == seen);
    }
}

TEST_P(PackedPagesTest, a_compressed_page_that_lies_is_not_believed) {
    // Whoever makes a file on purpose computes the checksums too.
    pack(words(40'000, 1), 40'000);
    const std::string whole = bytes_;
    std::mt19937_64 rolls(4);
    for (int i = 0; i < 3000; ++i) {
        bytes_ = whole;
        const std::uint64_t end = load<std::uint32_t>(section(pages_section));
        const std::uint64_t at = segment_header_bytes + rolls() % (end - segment_header_bytes);
        bytes_[at] = static_cast<char>(rolls());
        store(section(pages_section) + 4,
              crc32c(std::string_view(bytes_).substr(segment_header_bytes, end - segment_header_bytes)));
        ASSERT_EQ(all(*from_view()).size(), frames_.size());
    }
}

TEST_P(PackedPagesTest, a_footer_that_lacks_something_does_not_fit) {
    pack(words(40'000, 1), 40'000);
    SegmentFooter lacking = footer_;
    lacking.sections.pop_back();
    EXPECT_FALSE(PackedPages::fit(header_, lacking));
    lacking = footer_;
    lacking.frames_end += 2 * std::uint64_t{GetParam()};
    EXPECT_FALSE(PackedPages::fit(header_, lacking));
    ASSERT_NE(from_file(), nullptr);
    EXPECT_EQ(PackedPages::in(*file_, header_, lacking).error().code, Code::data_loss);
    lacking = footer_;
    lacking.pages_end = 0;
    EXPECT_FALSE(PackedPages::fit(header_, lacking));
}

}  // namespace
}  // namespace varve::log
