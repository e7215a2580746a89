#include "house/words.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <string>

namespace house {
namespace {

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Finds `word` not as a part of a longer word.
bool has_word(std::string_view line, std::string_view word) {
    for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        const bool starts = at == 0 || !is_word_character(line[at - 1]) || !is_word_character(word.front());
        const auto after = at + word.size();
        const bool ends = after == line.size() || !is_word_character(line[after]) || !is_word_character(word.back());
        if (starts && ends) return true;
    }
    return false;
}

enum class Where { everywhere, cpp, library, tests };

struct Banned {
    std::string_view word;
    Where where;
    std::string_view fix;
};

const std::vector<Banned>& banned_words() {
    static constexpr std::string_view finish = "finish it or leave it out";
    static constexpr std::string_view print = "the library prints nothing: answer a Result or take a callback";
    static constexpr std::string_view machine = "ask for the path, or use the temporary folder";
    static constexpr std::string_view wait = "wait on a condition with a deadline";
    static const std::vector<Banned> words = {
        {"TODO", Where::everywhere, finish},
        {"FIXME", Where::everywhere, finish},
        {"XXX", Where::everywhere, finish},
        {"HACK", Where::everywhere, finish},
        {"using namespace std", Where::cpp, "write std:: where it is used"},
        {"#if 0", Where::cpp, "delete it: the history keeps it"},
        {"std::cout", Where::library, print},
        {"std::cerr", Where::library, print},
        {"printf", Where::library, print},
        {"/home/", Where::everywhere, machine},
        {"/root/", Where::everywhere, machine},
        {"/work/", Where::everywhere, machine},
        {"/tmp/", Where::cpp, machine},
        {"sleep_for", Where::tests, wait},
        {"sleep_until", Where::tests, wait},
        {"usleep", Where::tests, wait},
    };
    return words;
}

bool applies(Where where, std::string_view path) {
    const std::string_view room = room_of(path);
    switch (where) {
        case Where::everywhere: return true;
        case Where::cpp: return is_cpp(path);
        case Where::library: return !room.empty() && room != "cli" && !is_test(path);
        case Where::tests: return is_cpp(path) && is_test(path);
    }
    return false;
}

/// A comment line that is a statement: `// call(x);`, `// return y;`, `// a = b;`.
bool is_code_in_comment(const std::string& line) {
    static const std::regex code(
        R"(^\s*//\s*(return\b.*|[\w:.>\[\]-]+(\(.*\)|\s*[+|&-]?=[^=].*)|\}.*|[\w:]+ \w+(\s*=.*|\(.*\))?);\s*$)");
    return std::regex_match(line, code);
}

}  // namespace

Findings check_length(const File& file) {
    if (is_page(file.path) || file.path.ends_with("packages.txt")) return {};
    const std::size_t lines = lines_of(file.text).size();
    if (lines <= file_lines_max) return {};
    return {{file.path, lines, "is " + std::to_string(lines) + " lines long",
             "split it by idea; the hard stop is " + std::to_string(file_lines_max)}};
}

Findings check_leftovers(const File& file) {
    // The rule and its test have to name the words.
    if (file.path.starts_with("tests/house/words")) return {};
    Findings findings;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
        ++number;
        for (const Banned& banned : banned_words()) {
            if (applies(banned.where, file.path) && has_word(line, banned.word)) {
                findings.push_back({file.path, number, "'" + std::string(banned.word) + "'", std::string(banned.fix)});
            }
        }
        if (is_cpp(file.path) && is_code_in_comment(std::string(line))) {
            findings.push_back({file.path, number, "a statement in a comment", "delete it, or say it in prose"});
        }
    }
    return findings;
}

Findings check_header_start(const File& file) {
    if (!is_header(file.path)) return {};
    Findings findings;
    const auto lines = lines_of(file.text);
    if (std::ranges::find(lines, std::string_view("#pragma once")) == lines.end()) {
        findings.push_back({file.path, 1, "has no #pragma once", "put it after the opening comment"});
    }
    if (file.path.starts_with("include/") && (lines.empty() || !lines.front().starts_with("/// "))) {
        findings.push_back(
            {file.path, 1, "does not begin with its purpose", "make a `/// What this is for.` its first line"});
    }
    return findings;
}

Findings check_test_has_subject(const File& file, const Tree& tree) {
    static constexpr std::string_view ending = "_test.cpp";
    if (!file.path.starts_with("src/") || !file.path.ends_with(ending)) return {};
    std::string subject = file.path.substr(0, file.path.size() - ending.size());
    for (;;) {
        if (tree.has(subject + ".hpp") || tree.has(subject + ".cpp")) return {};
        // The public headers' tests live in the room that implements them.
        if (tree.has("include/varve/" + subject.substr(subject.rfind('/') + 1) + ".hpp")) return {};
        const auto cut = subject.rfind('_');
        if (cut == std::string::npos || cut < subject.rfind('/')) break;
        subject.resize(cut);
    }
    return {{file.path, 0, "tests nothing that stands beside it",
             "name it after the module it tests: x_test.cpp beside x.hpp"}};
}

}  // namespace house
