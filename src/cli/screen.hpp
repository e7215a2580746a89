/// What a command sees of the person (or script) in front of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/output.hpp"

namespace varve::cli {

/// The two outputs and what stands behind them. Used by one thread.
struct Screen {
    Output out{1, "standard output"};
    Output err{2, "standard error"};
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool colour = false;         ///< on standard output: a terminal, without NO_COLOR, TERM not `dumb`
    std::size_t width = 0;       ///< columns of the terminal behind standard output; 0: none, shorten nothing
    std::size_t err_width = 80;  ///< columns of the terminal behind standard error
};

/// Keeps the places of standard streams that the caller has closed: else the next file opened, one of a store perhaps,
/// would take the place and get what is printed. Using such a stream still fails. Call before any file is opened.
void keep_standard_streams();

/// Looks at the terminal and the environment (NO_COLOR, TERM, COLUMNS) once, and fills `screen`.
void look_around(Screen& screen);

/// Prints what a command that changes something has to tell. When it cannot be printed, the error says first what is
/// `done` in spite of it, so that nobody does it twice.
[[nodiscard]] Result<> tell(Screen& screen, std::string_view text, const std::string& done);

enum class Colour { dim, bold, red, green, yellow, cyan };

/// The text in a colour, or unchanged when the screen has none.
[[nodiscard]] std::string paint(const Screen& screen, Colour colour, std::string_view text);

}  // namespace varve::cli
