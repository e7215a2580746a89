#include "cli/command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <utility>

#include "cli/report.hpp"
#include "cli/wrong_use.hpp"

namespace varve::cli {

struct Command::State {
    CLI::App* app = nullptr;
    std::string examples;
    std::string exit_codes;
    std::vector<std::function<Result<>()>> rules;
    Action action;
    Exit failure = Exit::failed;
};

namespace {

/// Our help: the overview shows one line a command, and options show their placeholder and nothing else.
class HelpPage : public CLI::Formatter {
public:
    HelpPage() {
        column_width(30);
        label("OPTIONS", "options");
        label("SUBCOMMAND", "COMMAND");
        label("Positionals", "Arguments");
    }

    std::string make_subcommand(const CLI::App* command) const override {
        const std::string description = command->get_description();
        std::string line = "  " + command->get_name();
        line.resize(std::max<std::size_t>(line.size() + 2, 13), ' ');
        return line + description.substr(0, description.find('\n')) + "\n";
    }
    std::string make_usage(const CLI::App* command, std::string name) const override {
        return "\n" + CLI::Formatter::make_usage(command, std::move(name));
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        return option->get_option_text().empty() ? "" : " " + option->get_option_text();
    }
};

Result<> refuse(std::string message) {
    return Error{Code::invalid_argument, std::move(message)};
}

/// Parses a value into an optional of a counted place.
template <class Place>
Command::Parse place_parser(std::optional<Place>& into, Range range = {}) {
    return [&into, range](const std::string& text) -> Result<> {
        const auto number = parse_number(text);
        if (!number || *number < range.least || *number > range.most) {
            return refuse("'" + text + "' is not a whole number from " + std::to_string(range.least) + " to " +
                          std::to_string(range.most));
        }
        into = Place(*number);
        return {};
    };
}

CLI::Option* add(CLI::App* app, const std::string& names, const std::string& help, const Command::Parse& parse) {
    return app->add_option(
        names,
        [parse, names](const CLI::results_t& values) {
            for (const std::string& value : values) {
                const Result<> parsed = parse(value);
                if (!parsed) throw CLI::ValidationError(names.substr(names.find("--")), parsed.error().message);
            }
            return true;
        },
        help);
}

}  // namespace

Command& Command::argument(const std::string& name, std::string& into, const std::string& help) {
    add(state_->app, name, help, [&into](const std::string& text) -> Result<> {
        into = text;
        return {};
    })->required();
    return *this;
}

Command& Command::optional_argument(const std::string& name, std::optional<std::string>& into,
                                    const std::string& help) {
    add(state_->app, name, help, [&into](const std::string& text) -> Result<> {
        into = text;
        return {};
    });
    return *this;
}

Command& Command::arguments(const std::string& name, std::vector<std::string>& into, const std::string& help) {
    state_->app->add_option(name, into, help)->required()->expected(1, -1);
    return *this;
}

Command& Command::option(const std::string& names, const std::string& value, const std::string& help,
                         const Parse& parse) {
    add(state_->app, names, help, parse)->option_text(value);
    return *this;
}

Command& Command::option(const std::string& names, const std::string& value, std::optional<std::string>& into,
                         const std::string& help) {
    return option(names, value, help, [&into](const std::string& text) -> Result<> {
        into = text;
        return {};
    });
}

Command& Command::option(const std::string& names, std::optional<std::uint64_t>& into, const std::string& help,
                         Range range) {
    return option(names, "N", help, place_parser(into, range));
}

Command& Command::option(const std::string& names, std::optional<Position>& into, const std::string& help) {
    return option(names, "POSITION", help, place_parser(into));
}

Command& Command::option(const std::string& names, std::optional<Revision>& into, const std::string& help) {
    return option(names, "REVISION", help, place_parser(into));
}

Command& Command::option(const std::string& names, std::optional<Timestamp>& into, const std::string& help) {
    return option(names, "TIME", help, [&into](const std::string& text) -> Result<> {
        into = parse_timestamp(text);
        if (!into)
            return refuse("'" + text +
                          "' is not a time; write 2026-11-23T07:51:09Z, or 2026-11-23 for its first instant (UTC)");
        return {};
    });
}

Command& Command::options(const std::string& names, const std::string& value, std::vector<std::string>& into,
                          const std::string& help) {
    add(state_->app, names, help,
        [&into](const std::string& text) -> Result<> {
            into.push_back(text);
            return {};
        })
        ->option_text(value)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return *this;
}

Command& Command::flag(const std::string& names, bool& into, const std::string& help) {
    state_->app->add_flag(names, into, help);
    return *this;
}

Command& Command::json(bool& into, const std::string& help) {
    return flag("--json", into, help);
}

Command& Command::needs(const std::string& option, const std::string& other) {
    state_->app->get_option(option)->needs(state_->app->get_option(other));
    return *this;
}

Command& Command::excludes(const std::string& option, const std::string& other) {
    state_->app->get_option(option)->excludes(state_->app->get_option(other));
    return *this;
}

Command& Command::examples(const std::string& text) {
    state_->examples = text;
    state_->app->footer("Examples:\n" + state_->examples + "\nExit codes:\n" + state_->exit_codes);
    return *this;
}

Command& Command::exit_codes(const std::string& text) {
    state_->exit_codes = text;
    state_->app->footer("Examples:\n" + state_->examples + "\nExit codes:\n" + state_->exit_codes);
    return *this;
}

Command& Command::check(std::function<Result<>()> rule) {
    state_->rules.push_back(std::move(rule));
    return *this;
}

Command& Command::action(Action action) {
    state_->action = std::move(action);
    return *this;
}

Command& Command::failure(Exit exit) {
    state_->failure = exit;
    return *this;
}

struct CommandLine::State {
    explicit State(const std::string& purpose) : app(purpose, "varve") {}

    [[nodiscard]] const Command::State* chosen() const {
        const auto parsed = app.get_subcommands();
        if (parsed.empty()) return nullptr;
        const auto found =
            std::ranges::find(commands, parsed.front(), [](const auto& command) { return command->app; });
        return found == commands.end() ? nullptr : found->get();
    }
    /// The error's message, and where to read on.
    [[nodiscard]] Error usage_error(const std::string& message) const {
        const bool asks = message.ends_with('?');
        return {Code::invalid_argument, message + (asks ? " see '" : "; see '") + typed_name(app) + " --help'"};
    }

    CLI::App app;
    std::vector<std::shared_ptr<Command::State>> commands;
};

CommandLine::CommandLine(const std::string& purpose, const std::string& footer, const std::string& version)
    : state_(std::make_unique<State>(purpose)) {
    CLI::App& app = state_->app;
    app.formatter(std::make_shared<HelpPage>());
    app.set_help_flag("-h,--help", "Show this help and exit");
    app.set_version_flag("--version", version, "Show the version and exit");
    app.require_subcommand(0, 1);
    app.get_formatter()->label("Subcommands", "Commands");
    app.footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::command(const std::string& name, const std::string& purpose) {
    auto state = std::make_shared<Command::State>();
    state->app = state_->app.add_subcommand(name, purpose);
    state->app->group("Commands");
    state_->commands.push_back(state);
    return Command(state);
}

int CommandLine::run(int argc, const char* const* argv, Screen& screen) {
    const bool json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    const auto finish = [&](Exit exit, Exit failure = Exit::failed) {
        const Result<> written = screen.out.flush();
        if (!written) report(screen, written.error(), json);
        return static_cast<int>(written || exit != Exit::ok ? exit : failure);
    };
    const auto refuse_use = [&](const std::string& message) {
        report(screen, state_->usage_error(message), json);
        return finish(Exit::usage);
    };
    // `varve help read` is what people try first.
    std::vector<const char*> words(argv, argv + argc);
    if (words.size() > 1 && std::string_view(words[1]) == "help") {
        words.erase(words.begin() + 1);
        words.resize(std::min<std::size_t>(words.size(), 2));
        words.push_back("--help");
    }
    try {
        state_->app.parse(static_cast<int>(words.size()), words.data());
    } catch (const CLI::CallForHelp&) {
        screen.out << state_->app.help();
        return finish(Exit::ok);
    } catch (const CLI::CallForVersion& version) {
        screen.out << version.what() << "\n";
        return finish(Exit::ok);
    } catch (const CLI::ParseError& error) {
        return refuse_use(wrong_use(state_->app, error));
    }
    if (state_->chosen() == nullptr) return refuse_use(no_command(state_->app));
    const Command::State& command = *state_->chosen();
    for (const auto& rule : command.rules) {
        const Result<> kept = rule();
        if (!kept) return refuse_use(kept.error().message);
    }
    const Result<Exit> exit = command.action(screen);
    if (exit) return finish(*exit, command.failure);
    // What was printed before the error comes before it; that it could not be printed is that error, or the lesser one.
    static_cast<void>(screen.out.flush());
    report(screen, exit.error(), json);
    return static_cast<int>(command.failure);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
    return number;
}

}  // namespace varve::cli
