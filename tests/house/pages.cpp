#include "house/pages.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>

namespace house {
namespace {

/// The lines of a page with fenced code emptied, so that code is not read as prose.
std::vector<std::string> prose_of(std::string_view page) {
    std::vector<std::string> prose;
    bool in_code = false;
    for (const std::string_view line : lines_of(page)) {
        const bool fence = line.starts_with("```");
        prose.emplace_back(in_code || fence ? std::string_view() : line);
        if (fence) in_code = !in_code;
    }
    return prose;
}

bool has_heading(const File& page, std::string_view anchor) {
    return std::ranges::any_of(prose_of(page.text), [&](std::string_view line) {
        return line.starts_with('#') && anchor_of(line.substr(line.find_first_not_of('#'))) == anchor;
    });
}

std::string resolve(const std::string& page, const std::string& target) {
    const auto whole = (std::filesystem::path(page).parent_path() / target).lexically_normal().generic_string();
    return whole.ends_with('/') ? whole.substr(0, whole.size() - 1) : whole;
}

void check_link(const File& page, std::size_t line, const std::string& link, const Tree& tree, Findings& findings) {
    if (link.starts_with("https://") || link.starts_with("mailto:")) return;
    if (link.find("://") != std::string::npos || link.starts_with('/')) {
        findings.push_back(
            {page.path, line, "link '" + link + "' is not relative", "link relative to this page, or by https"});
        return;
    }
    const auto hash = link.find('#');
    const std::string target = hash == 0 ? page.path : resolve(page.path, link.substr(0, hash));
    if (!tree.has(target)) {
        findings.push_back({page.path, line, "link '" + link + "' leads nowhere", "mend the path or write the page"});
        return;
    }
    const File* other = tree.find(target);
    if (hash == std::string::npos || other == nullptr || !is_page(target)) return;
    if (!has_heading(*other, link.substr(hash + 1))) {
        findings.push_back({page.path, line, "no heading for the anchor of '" + link + "'",
                            "use the heading's words in lower case with dashes"});
    }
}

}  // namespace

std::string anchor_of(std::string_view heading) {
    while (heading.starts_with(' ')) heading.remove_prefix(1);
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == ' ') anchor += '-';
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80)
            anchor += static_cast<char>(std::tolower(byte));
    }
    return anchor;
}

Findings check_links(const File& page, const Tree& tree) {
    static const std::regex link(R"(\]\(([^)\s]+)\))");
    Findings findings;
    if (!is_page(page.path)) return findings;
    std::size_t number = 0;
    for (const std::string& line : prose_of(page.text)) {
        ++number;
        for (std::sregex_iterator at(line.begin(), line.end(), link), end; at != end; ++at) {
            check_link(page, number, (*at)[1], tree, findings);
        }
    }
    return findings;
}

Findings check_mentions(const File& file, const Tree& tree) {
    static const std::regex mention(R"(\bdocs/[\w/.-]+\.md\b)");
    Findings findings;
    if (file.path.starts_with("tests/house/")) return findings;  // plants pages that are not there
    std::size_t number = 0;
    for (const std::string_view view : lines_of(file.text)) {
        ++number;
        const std::string line(view);
        for (std::sregex_iterator at(line.begin(), line.end(), mention), end; at != end; ++at) {
            if (!tree.has(at->str())) {
                findings.push_back(
                    {file.path, number, at->str() + " is not there", "write the page or name the right one"});
            }
        }
    }
    return findings;
}

Findings check_readme(const Tree& tree) {
    const File* readme = tree.find("README.md");
    if (readme == nullptr) return {{"README.md", 0, "is missing", "write it"}};
    Findings findings;
    for (const char* command : {"./dev run", "./dev test"}) {
        if (readme->text.find(command) == std::string::npos) {
            findings.push_back(
                {"README.md", 0, std::string("does not name ") + command, "newcomers start there: show it"});
        }
    }
    return findings;
}

Findings check_readme_program(const File& readme, const File& program, const File& output) {
    Findings findings;
    const auto compare = [&](std::string_view language, const File& source) {
        const auto blocks = blocks_of(readme.text, language);
        if (blocks.empty() || blocks.front() != source.text) {
            findings.push_back({readme.path, 0, "its first " + std::string(language) + " block is not " + source.path,
                                "copy the file into the block"});
        }
    };
    compare("cpp", program);
    compare("text", output);
    return findings;
}

Findings check_shown_program(const File& page, std::string_view folder, const File& output, const Tree& tree) {
    Findings findings;
    for (const std::string& block : blocks_of(page.text, "cpp")) {
        const bool shown = std::ranges::any_of(tree.files, [&](const File& file) {
            return file.path.starts_with(folder) && file.text.find(block) != std::string::npos;
        });
        if (shown) continue;
        const std::string first(lines_of(block).front());
        findings.push_back({page.path, 0, "no file in " + std::string(folder) + " has the block '" + first + "'",
                            "copy it from there, word for word"});
    }
    const auto printed = blocks_of(page.text, "text");
    if (printed.empty() || printed.front() != output.text) {
        findings.push_back(
            {page.path, 0, "its first text block is not " + output.path, "copy the file into the block"});
    }
    return findings;
}

std::vector<std::string> blocks_of(std::string_view page, std::string_view language) {
    std::vector<std::string> blocks;
    bool inside = false;
    bool wanted = false;
    for (const std::string_view line : lines_of(page)) {
        if (line.starts_with("```")) {
            inside = !inside;
            wanted = inside && line.substr(3) == language;
            if (wanted) blocks.emplace_back();
        } else if (wanted) {
            blocks.back().append(line).append("\n");
        }
    }
    return blocks;
}

}  // namespace house
