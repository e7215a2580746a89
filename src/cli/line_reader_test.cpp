#include "cli/line_reader.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace varve::cli {
namespace {

class LineReaderTest : public testing::Test {
protected:
    LineReaderTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-lines-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        folder_ = name;
    }
    ~LineReaderTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    [[nodiscard]] std::string file(const std::string& text) const {
        std::ofstream(folder_ / "lines", std::ios::binary) << text;
        return (folder_ / "lines").string();
    }
    [[nodiscard]] std::vector<std::string> lines_of(const std::string& text) const {
        LineReader reader = LineReader::open(file(text)).value();
        std::vector<std::string> lines;
        while (const auto line = reader.next().value()) lines.emplace_back(*line);
        EXPECT_EQ(reader.line(), lines.size());
        EXPECT_EQ(reader.bytes(), text.size());
        return lines;
    }

    std::filesystem::path folder_;
};

using Lines = std::vector<std::string>;

TEST_F(LineReaderTest, GivesLinesWithoutTheirEnds) {
    EXPECT_EQ(lines_of(""), Lines{});
    EXPECT_EQ(lines_of("\n"), Lines{""});
    EXPECT_EQ(lines_of("a\nb"), (Lines{"a", "b"}));
    EXPECT_EQ(lines_of("a\r\n\r\nb\n"), (Lines{"a", "", "b"}));
}

TEST_F(LineReaderTest, LinesMayBeLargerThanAChunk) {
    const std::string large(3 << 20, 'x');
    EXPECT_EQ(lines_of("a\n" + large + "\nb\n"), (Lines{"a", large, "b"}));
    EXPECT_EQ(lines_of(large), Lines{large});
}

TEST_F(LineReaderTest, ManyLinesAcrossChunks) {
    std::string text;
    Lines expected;
    for (int i = 0; i < 300000; ++i) {
        expected.push_back(std::to_string(i));
        text += expected.back() + "\n";
    }
    EXPECT_EQ(lines_of(text), expected);
}

TEST_F(LineReaderTest, RefusesALineWithoutEnd) {
    LineReader reader =
        LineReader::open(file("short\n" + std::string(LineReader::line_bytes_max + (3 << 20), 'x'))).value();
    EXPECT_EQ(reader.next().value(), "short");
    const auto line = reader.next();
    ASSERT_FALSE(line);
    EXPECT_NE(line.error().message.find("lines:2: the line is longer than 64 MiB"), std::string::npos) << line.error();
}

TEST_F(LineReaderTest, NamesWhatCannotBeOpened) {
    EXPECT_EQ(LineReader::open((folder_ / "missing").string()).error().code, Code::not_found);
    EXPECT_EQ(LineReader::open(folder_.string()).error().code, Code::failed_precondition);
}

TEST_F(LineReaderTest, StopsWhenTold) {
    LineReader reader = LineReader::open(file("a\nb"), [](int) { return false; }).value();
    EXPECT_EQ(reader.next().value(), std::nullopt);
    EXPECT_TRUE(reader.stopped());
}

}  // namespace
}  // namespace varve::cli
