/// What is stored, spelled out: the events that readers list, and the commands and timers that processes record.
///
///     std::cout << varve::schema<Account, Balances, Delivery>().text();
///     // event Deposited account: text
///     // event Deposited cents: int64
///
/// Kept in a file beside the sources, it tells a test that a stored shape has changed: varve/testing_schema.hpp.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "varve/detail/described.hpp"
#include "varve/detail/process_type.hpp"
#include "varve/detail/stored_names.hpp"
#include "varve/events.hpp"
#include "varve/export.hpp"
#include "varve/process.hpp"
#include "varve/result.hpp"

namespace varve {

/// One place in a stored value, and what is stored there.
struct StoredField {
    std::string path;  ///< `cents`, `lines.account`, `shape.Circle.radius`, `pair.0`
    /// `text`, `int64`, `optional text`, `list of record`, `map of double`, `enum red|green`, `one of Circle|Square`,
    /// `personal text`, `time`, `duration in 1/1000 s of int64` ...: the same under every compiler.
    std::string type;
    friend bool operator==(const StoredField&, const StoredField&) = default;
};

/// One kind of thing that is stored under a name.
struct StoredShape {
    std::string kind;  ///< `event`, `command` or `timer`
    std::string name;  ///< as it is stored
    std::vector<StoredField> fields = {};
    friend bool operator==(const StoredShape&, const StoredShape&) = default;
};

/// Shapes by kind and name, fields by path. A plain value.
class VARVE_API Schema {
public:
    Schema() = default;
    /// Sorts them. Two shapes of one name become one, with the fields of both; a field of two types has `a or b`.
    explicit Schema(std::vector<StoredShape> shapes);

    /// Reads what text() wrote; lines that begin with `#` are passed over. `invalid_argument` names the line.
    [[nodiscard]] static Result<Schema> parse(std::string_view text);
    /// One line for each field, sorted, each of them whole by itself: easy to compare, to merge and to search.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] const std::vector<StoredShape>& shapes() const { return shapes_; }
    friend bool operator==(const Schema&, const Schema&) = default;

private:
    std::vector<StoredShape> shapes_;
};

namespace detail {

/// A type as the fields of its stored form.
[[nodiscard]] VARVE_API StoredShape spell_shape(std::string_view kind, std::string_view name, const StoredType& type);

[[nodiscard]] VARVE_API Schema spell_schema(std::span<const StoredNames> readers);

template <class Reader>
StoredNames stored_by() {
    if constexpr (is_a<Reader, Events>) {
        return {.events = stored_parts(WithOlderOf<Reader>{})};
    } else if constexpr (is_a<Reader, Commands>) {
        return {.commands = stored_parts(WithOlderOf<AsEvents<Reader>>{})};
    } else if constexpr (HasHears<Reader>) {
        return stored_by_process<Reader>();
    } else {
        static_assert(HasEvents<Reader>,
                      "varve: schema takes states, projections, processes, varve::Events<...> and "
                      "varve::Commands<...>");
        if constexpr (HasEvents<Reader>) {
            return {.events = stored_parts(WithOlderOf<typename Reader::Events>{})};
        } else {
            return {};
        }
    }
}

}  // namespace detail

/// What these readers have to do with: the events of states, projections and processes, the commands and timers of
/// processes; `varve::Events<...>` for events that no reader lists, `varve::Commands<...>` for commands that are
/// scheduled. Rows are not in it: read models are built anew from the log. Of all that an App was wired with: App::schema.
template <class... Readers>
[[nodiscard]] Schema schema() {
    const std::array<detail::StoredNames, sizeof...(Readers)> readers{detail::stored_by<Readers>()...};
    return detail::spell_schema(readers);
}

}  // namespace varve
