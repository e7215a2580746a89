/// The tree as the house rules see it: texts with their paths, and what is wrong with them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace house {

struct File {
    std::string path;  ///< from the root, with `/`
    std::string text;
};

struct Tree {
    std::vector<File> files;         ///< those whose text matters, sorted by path
    std::vector<std::string> paths;  ///< every file and folder, sorted

    [[nodiscard]] bool has(std::string_view path) const;
    /// nullptr when there is none.
    [[nodiscard]] const File* find(std::string_view path) const;
};

/// One breach of one rule. `fix` is an instruction.
struct Finding {
    std::string path;
    std::size_t line = 0;  ///< 0: the whole file
    std::string what;
    std::string fix;
};
using Findings = std::vector<Finding>;

/// `path:line: what; fix`, a line each.
[[nodiscard]] std::string to_string(const Findings& findings);

/// Everything below `root` except build folders, hidden folders other than `.ci`, and data.
[[nodiscard]] Tree read_tree(const std::filesystem::path& root);

/// The lines of a text, without their ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

[[nodiscard]] bool is_header(std::string_view path);
[[nodiscard]] bool is_cpp(std::string_view path);  ///< headers too
[[nodiscard]] bool is_test(std::string_view path);
[[nodiscard]] bool is_page(std::string_view path);

/// `src/log/segment.hpp` -> `log`; empty when the path is in no room.
[[nodiscard]] std::string_view room_of(std::string_view path);

}  // namespace house
