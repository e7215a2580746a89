/// What is stored, spelled out: the events that readers list, and the commands and timers that processes record.
///
///     std::cout << varve::schema<Account, Balances, Delivery>().text();
///     // event Deposited account: text
///     // event Deposited cents: int64
///
/// Kept in a file beside the sources, it tells a test that a stored shape has changed: varve/testing_schema.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "varve/detail/described.hpp"
#include "varve/detail/process_type.hpp"
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

class Shapes {
public:
    /// With the old events that lead to them: those lie in the log as well.
    template <class... E>
    void add(const Events<E...>&) {
        add_events(Events<E...>{});
        add_events(OlderThan<Events<E...>>{});
    }
    template <class... E>
    void add_events(const Events<E...>&) {
        (shapes.push_back(spell_shape("event", stored_name<E>(), stored_type<E>())), ...);
    }
    template <class... C>
    void add(const Commands<C...>&) {
        (shapes.push_back(spell_shape("command", reflect::type_name<C>(), stored_type<C>())), ...);
    }
    template <class... T>
    void add(const Timers<T...>&) {
        (shapes.push_back(spell_shape("timer", stored_name<T>(), stored_type<T>())), ...);
    }
    template <class Reader>
    void add(const Reader*) {
        if constexpr (HasHears<Reader>) {
            add(typename Reader::Hears{});
            add(typename SendsOf<Reader>::type{});
            add(typename TimersOf<Reader>::type{});
        } else {
            static_assert(HasEvents<Reader>,
                          "varve: schema takes states, projections, processes, varve::Events<...> and "
                          "varve::Commands<...>");
            if constexpr (HasEvents<Reader>) add(typename Reader::Events{});
        }
    }
    template <template <class...> class List, class... T>
        requires std::same_as<List<T...>, Events<T...>> || std::same_as<List<T...>, Commands<T...>>
    void add(const List<T...>*) {
        add(List<T...>{});
    }

    std::vector<StoredShape> shapes;
};

}  // namespace detail

/// What these readers have to do with: the events of states, projections and processes, the commands and timers of
/// processes; `varve::Events<...>` for events that no reader lists, `varve::Commands<...>` for commands that are
/// scheduled. Rows are not in it: read models are built anew from the log.
template <class... Readers>
[[nodiscard]] Schema schema() {
    detail::Shapes shapes;
    (shapes.add(static_cast<const Readers*>(nullptr)), ...);
    return Schema(std::move(shapes.shapes));
}

}  // namespace varve
