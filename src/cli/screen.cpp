#include "cli/screen.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace varve::cli {
namespace {

std::size_t columns_of(int descriptor) {
    if (const char* columns = std::getenv("COLUMNS")) {
        const std::string_view text = columns;
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size() && number > 0) return number;
    }
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

std::string_view code_of(Colour colour) {
    switch (colour) {
        case Colour::dim: return "2";
        case Colour::bold: return "1";
        case Colour::red: return "31";
        case Colour::green: return "32";
        case Colour::yellow: return "33";
        case Colour::cyan: return "36";
    }
    return "0";
}

}  // namespace

void keep_standard_streams() {
    for (int descriptor = 0; descriptor <= 2; ++descriptor) {
        if (::fcntl(descriptor, F_GETFD) >= 0) continue;
        // The lowest free number is this one. Opened the wrong way round, it fails whoever uses it.
        static_cast<void>(::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY));
    }
}

void look_around(Screen& screen) {
    screen.out_is_terminal = ::isatty(1) == 1;
    screen.err_is_terminal = ::isatty(2) == 1;
    if (screen.out_is_terminal) screen.width = columns_of(1);
    if (screen.err_is_terminal) screen.err_width = columns_of(2);
    const char* term = std::getenv("TERM");
    screen.colour =
        screen.out_is_terminal && !is_set("NO_COLOR") && (term == nullptr || std::string_view(term) != "dumb");
}

Result<> tell(Screen& screen, std::string_view text, const std::string& done) {
    screen.out << text;
    Result<> told = screen.out.flush();
    if (told) return told;
    // Not its whole message: `then repeat` would be the wrong advice here.
    Error error = told.error();
    error.message = done + ", and only the telling failed: " + error.message.substr(0, error.message.find(';')) +
                    "; do not repeat the command";
    return error;
}

std::string paint(const Screen& screen, Colour colour, std::string_view text) {
    if (!screen.colour) return std::string(text);
    return "\x1b[" + std::string(code_of(colour)) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace varve::cli
