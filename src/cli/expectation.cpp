#include "cli/expectation.hpp"

#include <limits>
#include <string>

namespace varve::cli {

Command::Parse expectation_parser(std::optional<Expected>& into) {
    return [&into](const std::string& text) -> Result<> {
        const auto revision = parse_number(text);
        if (revision) {
            into = Expected::exact(Revision(*revision));
        } else if (text == "any") {
            into = Expected::any();
        } else if (text == "none") {
            into = Expected::none();
        } else if (text == "exists") {
            into = Expected::exists();
        } else {
            return Error{Code::invalid_argument, "'" + text +
                                                     "' is neither any, none, exists nor a revision from 0 to " +
                                                     std::to_string(std::numeric_limits<std::uint64_t>::max())};
        }
        return {};
    };
}

}  // namespace varve::cli
