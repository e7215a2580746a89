/// How a state came about: what each event changed in it.
///
///     const auto steps = bank.diff<Account>("a1", varve::Revision{5}, varve::Revision{9}).value();
///     for (const varve::StateChange& step : steps) std::cout << step << '\n';
///     // revision 6, Withdrawn: cents 700 -> 200
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// One place in a JSON value that is no longer what it was.
struct FieldChange {
    std::string field;   ///< `cents`, `owner.name`, `lines[2].quantity`; empty: the value itself
    std::string before;  ///< as JSON; empty: it was not there
    std::string after;   ///< as JSON; empty: it is not there any more
    friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

/// What one event did to a state.
struct StateChange {
    Revision revision;
    Position position;
    Timestamp time;                   ///< of its commit
    std::string type;                 ///< of the event
    std::vector<FieldChange> fields;  ///< in the order of the state's fields; none: the event changed nothing
};

/// `revision 6, Withdrawn: cents 700 -> 200`; what is not there is `nothing`.
VARVE_API std::ostream& operator<<(std::ostream& out, const StateChange& change);

/// Where two JSON texts differ, member by member and element by element. An empty text stands for no value. Fails with
/// `invalid_argument` when one of them is not JSON.
[[nodiscard]] VARVE_API Result<std::vector<FieldChange>> json_changes(std::string_view before, std::string_view after);

}  // namespace varve
