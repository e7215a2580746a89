/// The grammar of the command line: commands with their arguments, flags, help and exit codes. The only door to
/// the argument parser; a command file declares what it takes and gets typed values.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/screen.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::cli {

/// What the shell gets to see.
enum class Exit : int {
    ok = 0,
    failed = 1,  ///< the operation did not work: conflict, damage, bad line, full disk ...
    usage = 2    ///< the command line makes no sense (for `verify` also: it could not look)
};

/// Runs a command. An error is reported by the caller (`report`) and ends in Exit::failed.
using Action = std::function<Result<Exit>(Screen&)>;

/// The numbers that an option takes, both ends included.
struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// One command while it is being declared. The variables given must live until the action has run. Texts read by
/// a parse function answer an `invalid_argument` whose message completes `--flag: ...`.
class Command {
public:
    using Parse = std::function<Result<>(const std::string& text)>;

    struct State;
    explicit Command(std::shared_ptr<State> state) : state_(std::move(state)) {}

    /// `name` in capitals, as the usage line shows it.
    Command& argument(const std::string& name, std::string& into, const std::string& help);
    Command& optional_argument(const std::string& name, std::optional<std::string>& into, const std::string& help);
    /// One or more.
    Command& arguments(const std::string& name, std::vector<std::string>& into, const std::string& help);

    /// `names`: `-n,--limit`. `value`: the placeholder that help shows, e.g. `N`.
    Command& option(const std::string& names, const std::string& value, const std::string& help, const Parse& parse);
    Command& option(const std::string& names, const std::string& value, std::optional<std::string>& into,
                    const std::string& help);
    Command& option(const std::string& names, std::optional<std::uint64_t>& into, const std::string& help,
                    Range range = {});
    Command& option(const std::string& names, std::optional<Position>& into, const std::string& help);
    Command& option(const std::string& names, std::optional<Revision>& into, const std::string& help);
    Command& option(const std::string& names, std::optional<Timestamp>& into, const std::string& help);
    /// May be given several times.
    Command& options(const std::string& names, const std::string& value, std::vector<std::string>& into,
                     const std::string& help);
    Command& flag(const std::string& names, bool& into, const std::string& help);
    /// The flag `--json`, which also makes errors come as JSON.
    Command& json(bool& into, const std::string& help);

    /// The first option cannot be given without the second, or not together with it.
    Command& needs(const std::string& option, const std::string& other);
    Command& excludes(const std::string& option, const std::string& other);

    /// Shown below the options: examples as they would be typed, and what the exit codes mean.
    Command& examples(const std::string& text);
    Command& exit_codes(const std::string& text);
    /// A rule over several options that the parser cannot know; an error is a usage error.
    Command& check(std::function<Result<>()> rule);
    Command& action(Action action);
    /// What an error of the action ends in (Exit::failed when not said).
    Command& failure(Exit exit);

private:
    std::shared_ptr<State> state_;
};

/// The whole program's command line.
class CommandLine {
public:
    CommandLine(const std::string& purpose, const std::string& footer, const std::string& version);
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;
    ~CommandLine();

    Command command(const std::string& name, const std::string& purpose);

    /// Parses, runs the chosen command, reports what went wrong, and answers the exit code.
    [[nodiscard]] int run(int argc, const char* const* argv, Screen& screen);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A whole number: digits and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace varve::cli
