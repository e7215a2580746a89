#include "packages/commands.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace packages {
namespace {

constexpr std::string_view time_shape = "dddd-dd-dd dd:dd:dd";
constexpr std::size_t longest_name = 300;
constexpr std::size_t longest_text = 1000;

bool digit(char c) {
    return c >= '0' && c <= '9';
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// Package names become names of streams, so they must look like Debian's: `libstdc++6:amd64`.
bool package_name(std::string_view name) {
    const auto allowed = [](char c) {
        return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("+-.:_~").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= longest_name && std::all_of(name.begin(), name.end(), allowed);
}

/// dpkg writes `<none>` where there is no version.
std::string version(const std::string& word) {
    return word == "<none>" ? "" : word;
}

std::optional<Command> read_action(const std::vector<std::string>& words, const Place& place) {
    const std::string &action = words[0], &package = words[1];
    const std::string installed = version(words[2]), available = version(words[3]);
    if (action == "install") return Install{package, available, place};
    if (action == "upgrade") return Upgrade{package, installed, available, place};
    if (action == "configure") return Configure{package, installed, place};
    if (action == "trigproc") return RunTriggers{package, installed, place};
    if (action == "remove") return Remove{package, installed, place};
    if (action == "purge") return Purge{package, installed, place};
    if (action == "disappear") return Disappear{package, installed, place};
    return std::nullopt;
}

std::optional<Command> read_documented(std::string_view rest, const Place& place) {
    const std::vector<std::string> words = words_of(rest);
    if (words.size() == 3 && words[0] == "startup") return StartRun{place.log, words[1], words[2], place};
    if (words.size() >= 3 && words[0] == "conffile") {  // the name of the file may contain spaces
        const std::size_t name = words[0].size() + 1, decision = rest.rfind(' ');
        return DecideConffile{place.log, legible(rest.substr(name, decision - name)), legible(words.back()), place};
    }
    if (words.size() != 4) return std::nullopt;
    for (const std::string& word : words) {
        if (legible(word) != word) return std::nullopt;
    }
    if (words[0] != "status") return package_name(words[1]) ? read_action(words, place) : std::nullopt;
    if (!package_name(words[2])) return std::nullopt;
    return SetStatus{words[2], words[1], version(words[3]), place};
}

}  // namespace

Command read_line(std::string_view text, const Place& place) {
    const std::string_view time = time_of(text);
    if (!time.empty() && text.size() > time.size() + 1) {
        if (auto command = read_documented(text.substr(time.size() + 1), place)) return *std::move(command);
    }
    return KeepUnknown{place.log, legible(text), place};
}

std::string_view time_of(std::string_view text) {
    if (text.size() < time_shape.size()) return {};
    const std::string_view time = text.substr(0, time_shape.size());
    const auto fits = [](char c, char shape) { return shape == 'd' ? digit(c) : c == shape; };
    if (!std::equal(time.begin(), time.end(), time_shape.begin(), fits)) return {};
    return text.size() == time.size() || text[time.size()] == ' ' ? time : std::string_view();
}

std::string legible(std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        if (shown.size() >= longest_text) return shown + " ...";
        if (c >= ' ' && c <= '~') {
            shown += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            shown += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
        }
    }
    return shown;
}

}  // namespace packages
