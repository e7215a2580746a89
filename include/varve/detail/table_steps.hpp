/// Inside the model: the tables of a projection without their types, as a comparison of two projections sees them.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "varve/detail/projection_type.hpp"
#include "varve/json.hpp"
#include "varve/reflect.hpp"
#include "varve/result.hpp"
#include "varve/table.hpp"

namespace varve::detail {

/// One table. Keys are passed by address, rows as JSON. What the table throws comes through.
struct TableSteps {
    using Visit = std::function<bool(const void* key, const Result<std::string>& row)>;
    using Key = std::shared_ptr<const void>;

    std::string_view name;
    std::type_index key;
    std::size_t (*size)(const void* projection);
    /// Every row, until `visit` answers false.
    void (*walk)(const void* projection, const Visit& visit);
    /// An empty text: there is no such row.
    Result<std::string> (*row)(const void* projection, const void* key);
    Key (*keep)(const void* key);
    Result<std::string> (*text)(const void* key);
    /// From now on `touched` is given the place of a key in `keys` whenever its row may have changed.
    void (*watch)(void* projection, std::span<const Key> keys, std::vector<std::size_t>& touched);
};

template <class P, std::size_t I>
const auto& field_of(const void* projection) {
    return reflect::get<I>(reflect::tie(*static_cast<const P*>(projection)));
}

template <class P, std::size_t I>
void walk_table(const void* projection, const TableSteps::Visit& visit) {
    field_of<P, I>(projection).for_each([&](const auto& row) {
        return visit(&reflect::get<0>(reflect::tie(row)), to_json(row));
    });
}

template <class P, std::size_t I>
Result<std::string> row_of_table(const void* projection, const void* key) {
    using Key = typename reflect::field_type<P, I>::Key;
    const auto row = field_of<P, I>(projection).get(*static_cast<const Key*>(key));
    return row ? to_json(*row) : std::string();
}

template <class P, std::size_t I>
void watch_table(void* projection, std::span<const TableSteps::Key> keys, std::vector<std::size_t>& touched) {
    using Key = typename reflect::field_type<P, I>::Key;
    std::map<Key, std::size_t> places;
    for (std::size_t at = 0; at < keys.size(); ++at) places.emplace(*static_cast<const Key*>(keys[at].get()), at);
    reflect::get<I>(reflect::tie(*static_cast<P*>(projection)))
        .watch([places = std::move(places), &touched](const Key& key) {
            if (const auto found = places.find(key); found != places.end()) touched.push_back(found->second);
        });
}

template <class P, std::size_t I>
void add_table_steps(std::vector<TableSteps>& tables) {
    using Field = reflect::field_type<P, I>;
    if constexpr (IsTable<Field>::value) {
        using Key = typename Field::Key;
        tables.push_back({
            .name = reflect::field_names<P>()[I],
            .key = typeid(Key),
            .size = [](const void* projection) { return field_of<P, I>(projection).size(); },
            .walk = &walk_table<P, I>,
            .row = &row_of_table<P, I>,
            .keep = [](const void* key) -> TableSteps::Key {
                return std::make_shared<const Key>(*static_cast<const Key*>(key));
            },
            .text = [](const void* key) { return to_json(*static_cast<const Key*>(key)); },
            .watch = &watch_table<P, I>,
        });
    }
}

/// Their rows and keys need a JSON form.
template <class P>
std::span<const TableSteps> table_steps() {
    static const std::vector<TableSteps> steps = [] {
        std::vector<TableSteps> tables;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (..., add_table_steps<P, I>(tables));
        }(std::make_index_sequence<reflect::field_count<P>>{});
        return tables;
    }();
    return steps;
}

/// A projection that can be compared with another one.
struct ComparedType {
    const ProjectionType* type;
    std::span<const TableSteps> tables;
};

template <class P>
ComparedType compared_type() {
    return {&projection_type<P>(), table_steps<P>()};
}

}  // namespace varve::detail
