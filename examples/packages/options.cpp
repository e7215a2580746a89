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

varve::Error wrong(const std::string& what) {
    return {varve::Code::invalid_argument, what + "; `packages --help` shows how it is used"};
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
    if (name != "--acks") return wrong("unknown option " + name);
    int pipe = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), pipe).ec != std::errc())
        return wrong("no pipe " + value);
    options.acks = pipe;
    return {};
}

}  // namespace

const char* const usage = R"(packages: the package history of this machine as events

  packages play      import, questions, time travel and proofs in one go
  packages import    read what is new in the logs
  packages follow    import, then show live what dpkg does
  packages report    what is installed, what came last, the busiest day, what could not be believed
  packages installed [--as-of TIME]    every package that works, now or at a moment of the log's own time
  packages history NAME                what happened to one package: libc6:amd64
  packages prove     fold every package and hold it against dpkg-query
  packages crash     kill an import again and again, and look for everything that was acknowledged
  packages next      commands to look at the store with

  --log FILE    the log, with its rotated copies beside it  (/var/log/dpkg.log)
  --data DIR    where the store and the read models are     (data/packages)
  --varve PATH  the command line, as `next` shows it        (varve)
  --dpkg FILE   take dpkg-query's answer from a file: lines of `name:arch status version`
)";

varve::Result<Options> read_options(std::vector<std::string> arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string& argument = arguments[i];
        if (argument.starts_with("--")) {
            if (i + 1 == arguments.size()) return wrong(argument + " needs a value");
            if (auto taken = take_value(options, argument, std::move(arguments[++i])); !taken)
                return std::move(taken).error();
        } else if (options.verb.empty()) {
            options.verb = std::move(argument);
        } else if (options.verb == "history" && options.package.empty()) {
            options.package = std::move(argument);
        } else {
            return wrong("what is '" + argument + "'?");
        }
    }
    if (std::find(verbs.begin(), verbs.end(), options.verb) == verbs.end()) {
        return wrong(options.verb.empty() ? "no verb" : "unknown verb '" + options.verb + "'");
    }
    if (options.verb == "history" && options.package.empty()) return wrong("history of which package?");
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
