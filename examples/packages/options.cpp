#include "packages/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "packages/commands.hpp"

namespace packages {
namespace {

constexpr std::array<std::string_view, 9> verbs = {"play",    "import", "follow", "report", "installed",
                                                   "history", "prove",  "crash",  "next"};

varve::Error wrong(const std::string& what, const std::string& verb = {}) {
    const bool known = std::ranges::find(verbs, verb) != verbs.end();
    return {varve::Code::invalid_argument,
            what + "; `packages " + (known ? verb + " " : "") + "--help` shows how it is used"};
}

varve::Result<> take_value(Options& options, const std::string& name, std::string value) {
    const std::map<std::string_view, std::string*> texts = {
        {"--log", &options.log}, {"--data", &options.data}, {"--dpkg", &options.dpkg}, {"--varve", &options.varve}};
    if (const auto text = texts.find(name); text != texts.end()) {
        *text->second = std::move(value);
        return {};
    }
    if (name == "--as-of") {
        const auto time = whole_time(value);
        if (!time) return wrong("'" + value + "' is no time such as 2025-06-25 or '2025-06-25 14:00'");
        options.as_of = *time;
        return {};
    }
    if (name != "--acks") return wrong("unknown option " + name, options.verb);
    int pipe = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), pipe).ec != std::errc())
        return wrong("no pipe " + value);
    options.acks = pipe;
    return {};
}

}  // namespace

varve::Result<Options> read_options(std::vector<std::string> arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string& argument = arguments[i];
        if (argument.starts_with("--")) {
            if (i + 1 == arguments.size()) return wrong(argument + " needs a value", options.verb);
            if (auto taken = take_value(options, argument, std::move(arguments[++i])); !taken)
                return std::move(taken).error();
        } else if (options.verb.empty()) {
            options.verb = std::move(argument);
        } else if (options.verb == "history" && options.package.empty()) {
            options.package = std::move(argument);
        } else {
            return wrong("what is '" + argument + "'?", options.verb);
        }
    }
    if (std::find(verbs.begin(), verbs.end(), options.verb) == verbs.end()) {
        return wrong(options.verb.empty() ? "no verb" : "unknown verb '" + options.verb + "'");
    }
    if (options.verb == "history" && options.package.empty()) return wrong("history of which package?", options.verb);
    return options;
}

std::optional<std::string> whole_time(std::string text) {
    static constexpr std::string_view midnight = "0000-00-00 00:00:00";
    if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
    if (text.size() != 10 && text.size() != 16 && text.size() != midnight.size()) return std::nullopt;
    text += midnight.substr(text.size());
    return time_of(text).empty() ? std::nullopt : std::optional(text);
}

}  // namespace packages
