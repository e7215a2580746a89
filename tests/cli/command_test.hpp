/// What the tests of the commands share: a folder of their own and the binary.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/process.hpp"
#include "varve/json_value.hpp"
#include "varve/types.hpp"

namespace command {

/// What a command left behind when it ended.
struct Outcome {
    int exit = -1;
    std::string out;
    std::string err;

    friend std::ostream& operator<<(std::ostream& stream, const Outcome& outcome) {
        return stream << "exit " << outcome.exit << "\nout: " << outcome.out << "\nerr: " << outcome.err;
    }
};

class CommandTest : public testing::Test {
protected:
    CommandTest();
    ~CommandTest() override;

    /// The binary with these words after its name.
    [[nodiscard]] static std::vector<std::string> varve(std::vector<std::string> words);
    /// Runs it to its end.
    static Outcome run(const std::vector<std::string>& words, const std::string& input = {});
    /// As run, and expects success; answers standard output.
    static std::string succeed(const std::vector<std::string>& words, const std::string& input = {});
    /// As run, and expects this exit code, nothing on standard output, and a message with all these parts.
    static void fail(int exit, const std::vector<std::string>& words, const std::vector<std::string>& parts,
                     const std::string& input = {});

    /// A path inside the test's folder.
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    /// The store most tests use.
    [[nodiscard]] std::string store() const { return path("store"); }
    /// Fills it: revisions 0..2 of account-a1 and 0 of order-7, one commit each, positions 0..3.
    void fill() const;
    /// Flips a bit in the middle of the first place of the store's first segment where `what` is stored.
    void damage(const std::string& what) const;
    static void write_file(const std::string& path, const std::string& text);
    [[nodiscard]] static std::string read_file(const std::string& path);

private:
    std::filesystem::path folder_;
};

/// The text's lines, without their ends.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
/// A JSON text that must be valid.
[[nodiscard]] ::varve::JsonDocument parsed(const std::string& text);
/// Members of a JSON object that must be there.
[[nodiscard]] std::string text_of(const ::varve::JsonDocument& document, std::string_view member);
[[nodiscard]] std::uint64_t number_of(const ::varve::JsonDocument& document, std::string_view member);

}  // namespace command
