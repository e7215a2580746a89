#include "cli/command_test.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace command {

CommandTest::CommandTest() {
    std::string name = (std::filesystem::temp_directory_path() / "varve-cli-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
}

CommandTest::~CommandTest() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> CommandTest::varve(std::vector<std::string> words) {
    words.insert(words.begin(), VARVE_BINARY);
    return words;
}

Outcome CommandTest::run(const std::vector<std::string>& words, const std::string& input) {
    Process process(varve(words));
    process.write(input);
    Outcome outcome;
    outcome.exit = process.wait();
    outcome.out = process.out();
    outcome.err = process.err();
    return outcome;
}

std::string CommandTest::succeed(const std::vector<std::string>& words, const std::string& input) {
    const Outcome outcome = run(words, input);
    EXPECT_EQ(outcome.exit, 0) << testing::PrintToString(words) << "\n" << outcome;
    return outcome.out;
}

void CommandTest::fail(int exit, const std::vector<std::string>& words, const std::vector<std::string>& parts,
                       const std::string& input) {
    const Outcome outcome = run(words, input);
    EXPECT_EQ(outcome.exit, exit) << testing::PrintToString(words) << "\n" << outcome;
    EXPECT_EQ(outcome.out, "") << testing::PrintToString(words);
    EXPECT_TRUE(outcome.err.starts_with("varve: ")) << outcome;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << "one line\n" << outcome;
    for (const std::string& part : parts)
        EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " in\n" << outcome;
}

void CommandTest::fill() const {
    succeed({"append", store(), "account-a1", "Opened", R"({"owner":"Ada"})", "--expect", "none"});
    succeed({"append", store(), "account-a1", "Deposited", R"({"cents":500})", "--tag", "account:a1", "--tag", "big",
             "--metadata", R"({"by":"teller 7"})"});
    succeed({"append", store(), "order-7", "Placed", R"({"lines":[1,2]})"});
    succeed({"append", store(), "account-a1", "Withdrawn", R"({"cents":20})", "--expect", "1"});
}

void CommandTest::damage(const std::string& what) const {
    const std::string segment = store() + "/seg-00000000000000000000.log";
    std::string bytes = read_file(segment);
    const std::size_t at = bytes.find(what);
    ASSERT_NE(at, std::string::npos);
    bytes[at + what.size() / 2] ^= 1;
    write_file(segment, bytes);
}

void CommandTest::write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
}

std::string CommandTest::read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

::varve::JsonDocument parsed(const std::string& text) {
    return ::varve::parse_json(text).value();
}

std::string text_of(const ::varve::JsonDocument& document, std::string_view member) {
    return std::string(document.root().find(member).value().as_string().value());
}

std::uint64_t number_of(const ::varve::JsonDocument& document, std::string_view member) {
    return document.root().find(member).value().as_uint64().value();
}

}  // namespace command
