/// Rules about pages: links lead somewhere, the README shows the two commands and a program that is compiled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "house/tree.hpp"

namespace house {

/// Every relative link of a page names a file or folder of the tree, and its `#anchor` a heading of that page.
[[nodiscard]] Findings check_links(const File& page, const Tree& tree);

/// Pages that code and comments point to (`docs/....md`) are there.
[[nodiscard]] Findings check_mentions(const File& file, const Tree& tree);

/// The README names the two commands.
[[nodiscard]] Findings check_readme(const Tree& tree);

/// The README's first C++ block is `program`, word for word, and its first text block what it prints.
[[nodiscard]] Findings check_readme_program(const File& readme, const File& program, const File& output);

/// Every C++ block of a page stands, word for word, in a file below `folder`, and its first text block in `output`.
[[nodiscard]] Findings check_shown_program(const File& page, std::string_view folder, const File& output,
                                           const Tree& tree);

/// GitHub's anchor of a heading: `Limits and caveats` -> `limits-and-caveats`.
[[nodiscard]] std::string anchor_of(std::string_view heading);

/// The bodies of a page's fenced blocks of one language, in order.
[[nodiscard]] std::vector<std::string> blocks_of(std::string_view page, std::string_view language);

}  // namespace house
