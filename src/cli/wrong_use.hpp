/// What is wrong with a command line, in our own words: the one place where the argument parser's errors become
/// messages. An inner part of command_line.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace varve::cli {

/// The program's name and that of the chosen command, as they are typed: `varve read`.
[[nodiscard]] std::string typed_name(const CLI::App& program);

/// One sentence for the error that `program` threw while it parsed: which word is wrong, and what would be right.
[[nodiscard]] std::string wrong_use(const CLI::App& program, const CLI::ParseError& error);

/// Likewise for a command line that names no command.
[[nodiscard]] std::string no_command(const CLI::App& program);

}  // namespace varve::cli
