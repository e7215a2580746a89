#include "cli/wrong_use.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <vector>

#include "cli/nearest.hpp"

namespace varve::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::vector<std::string> commands_of(const CLI::App& program) {
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands(nullptr)) names.push_back(command->get_name());
    return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

const CLI::App& chosen_of(const CLI::App& program) {
    const auto parsed = program.get_subcommands();
    return parsed.empty() ? program : *parsed.front();
}

std::string did_you_mean(const std::string& name) {
    return name.empty() ? "" : "; did you mean '" + name + "'?";
}

std::string takes_no_value(const std::string& name) {
    return "option '" + name + "' takes no value";
}

std::string no_option(const CLI::App& app, const std::string& word) {
    const std::string name = word.substr(0, word.find('='));
    std::string message = "no option '" + name + "'" + did_you_mean(nearest(name, options_of(app)));
    // -5 as data, say: what looks like an option may be meant as a value.
    if (!name.starts_with("--")) message += "; a value that begins with - goes behind --";
    return message;
}

std::string no_such_command(const CLI::App& program, const std::string& word) {
    const auto commands = commands_of(program);
    const std::string meant = did_you_mean(nearest(word, commands));
    return "no command '" + word + "'" + (meant.empty() ? ";" : meant) + " the commands are " + joined(commands);
}

/// The first argument that must be there and is not; empty when that is not what is wrong.
std::string missing_argument(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_required() || option->count() > 0) continue;
        return option->get_name() + " is missing (" + option->get_description() + ")";
    }
    return {};
}

/// The value of an option that has none, or too many.
std::string mismatch(const CLI::App& app, const std::string& name) {
    const CLI::Option* option = app.get_option_no_throw(name);
    if (option == nullptr) return "option '" + name + "' has no value";
    if (option->count() > 1) return "option '" + name + "' stands there twice: give it once";
    return "option '" + name + "' needs a value: " + name + " " + option->get_option_text();
}

/// `A excludes B`: both names.
std::string both(const std::string& text, const std::string& between, const std::string& instead) {
    const std::size_t at = text.find(between);
    return at == std::string::npos
               ? text
               : "'" + text.substr(0, at) + "' " + instead + " '" + text.substr(at + between.size()) + "'";
}

}  // namespace

std::string typed_name(const CLI::App& program) {
    const CLI::App& app = chosen_of(program);
    return program.get_name() + (&app == &program ? "" : " " + app.get_name());
}

std::string wrong_use(const CLI::App& program, const CLI::ParseError& error) {
    std::string text = error.what();
    const CLI::App& app = chosen_of(program);
    // A word that nobody knows comes first: it is often why something else seems to be missing.
    for (const CLI::App* level : {&program, &app}) {
        const auto unknown = level->remaining();
        if (unknown.empty()) continue;
        const auto option = std::ranges::find_if(unknown, [](const auto& word) { return word.starts_with('-'); });
        if (level == &program && option != unknown.begin()) return no_such_command(program, unknown.front());
        if (option != unknown.end()) return no_option(*level, *option);
        return "one word too many: '" + unknown.front() + "'";
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
        const std::string missing = missing_argument(app);
        return missing.empty() ? text : missing;
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
        return mismatch(app, text.substr(0, text.find(':')));
    if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
        // Flags alone are converted by the parser: `Could not convert: --json = much`.
        const std::size_t begin = text.find('-');
        if (begin != std::string::npos) return takes_no_value(text.substr(begin, text.find(' ', begin) - begin));
    }
    if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr)
        return both(text, " excludes ", "cannot stand beside");
    if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) return both(text, " requires ", "needs");
    return text;
}

std::string no_command(const CLI::App& program) {
    return "which command? They are " + joined(commands_of(program));
}

}  // namespace varve::cli
