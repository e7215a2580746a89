#include "cli/report.hpp"

#include "cli/text.hpp"
#include "text/error_json.hpp"

namespace varve::cli {

void report(Screen& screen, const Error& error, bool json) {
    if (json) {
        screen.err << text::error_json(error) << "\n";
    } else {
        screen.err << "varve: " << one_line(error.message) << "\n";
    }
    static_cast<void>(screen.err.flush());
}

}  // namespace varve::cli
