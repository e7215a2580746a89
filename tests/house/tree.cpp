#include "house/tree.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace house {
namespace {

bool is_left_out(const std::string& name) {
    return name.starts_with("build") || name == "data" || (name.starts_with('.') && name != ".ci");
}

bool has_text(std::string_view path) {
    return is_cpp(path) || is_page(path) || path.ends_with(".txt") || path.ends_with(".cmake") ||
           path.ends_with(".sh") || path.ends_with("/run") || path == "dev";
}

std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(text).str();
}

}  // namespace

bool Tree::has(std::string_view path) const {
    return std::binary_search(paths.begin(), paths.end(), path);
}

const File* Tree::find(std::string_view path) const {
    const auto found = std::ranges::find(files, path, &File::path);
    return found == files.end() ? nullptr : &*found;
}

std::string to_string(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += "\n" + finding.path;
        if (finding.line > 0) text += ":" + std::to_string(finding.line);
        text += ": " + finding.what + "; " + finding.fix;
    }
    return text;
}

Tree read_tree(const std::filesystem::path& root) {
    Tree tree;
    using Walk = std::filesystem::recursive_directory_iterator;
    for (Walk at(root), end; at != end; ++at) {
        const bool top = at.depth() == 0;
        if (at->is_directory() && is_left_out(at->path().filename()) &&
            (top || at->path().filename().string().starts_with('.'))) {
            at.disable_recursion_pending();
            continue;
        }
        std::string path = std::filesystem::relative(at->path(), root).generic_string();
        if (at->is_regular_file() && has_text(path)) tree.files.push_back({path, read_text(at->path())});
        tree.paths.push_back(std::move(path));
    }
    std::ranges::sort(tree.files, {}, &File::path);
    std::ranges::sort(tree.paths);
    return tree;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

bool is_header(std::string_view path) {
    return path.ends_with(".hpp");
}
bool is_cpp(std::string_view path) {
    return is_header(path) || path.ends_with(".cpp");
}
bool is_test(std::string_view path) {
    return path.ends_with("_test.cpp") || path.starts_with("tests/");
}
bool is_page(std::string_view path) {
    return path.ends_with(".md");
}

std::string_view room_of(std::string_view path) {
    if (!path.starts_with("src/")) return {};
    path.remove_prefix(4);
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace house
