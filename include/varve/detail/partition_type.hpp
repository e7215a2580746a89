/// Inside the model: which partition of a projection hears an event or answers a query, and how parts of an answer join.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/event.hpp"
#include "varve/partition.hpp"
#include "varve/query.hpp"
#include "varve/result.hpp"

namespace varve::detail {

/// The text after the first hyphen; of a stream without one, its name.
[[nodiscard]] VARVE_API std::string_view key_of_stream(std::string_view stream);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// The projection says itself where events or queries of this type belong.
template <class P, class T>
concept Partitions = requires(const T& value) { P::partition(value); };

template <class P, class T>
consteval bool check_partition() {
    static_assert(
        Partitions<P, T> || !requires(P& projection, const T& value) { projection.partition(value); },
        "varve: `partition` of a projection is static, since it belongs to no rows");
    return true;
}

/// What `partition` has answered, as a text; nothing: all of them.
template <class K>
std::optional<std::string> partition_key(const K& key) {
    if constexpr (IsOptional<K>::value) {
        return key ? partition_key(*key) : std::nullopt;
    } else if constexpr (std::is_convertible_v<const K&, std::string_view>) {
        return std::string(std::string_view(key));
    } else {
        static_assert(std::integral<K>,
                      "varve: `partition` of a projection answers a text, an integer, or a std::optional of one");
        return std::to_string(key);
    }
}

/// Which of so many; nothing: all of them.
template <class K>
std::optional<unsigned> partition_of(const K& key, unsigned of) {
    if constexpr (!IsOptional<K>::value && std::is_convertible_v<const K&, std::string_view>) {
        return Partition::place_of(std::string_view(key), of);
    } else {
        const auto text = partition_key(key);
        return text ? std::optional(Partition::place_of(*text, of)) : std::nullopt;
    }
}

/// Asks the partition of that number for its part.
using AskPart = std::function<Result<>(unsigned partition, void* part)>;

template <class P, class Q>
concept MergesFor = requires(const Q& query, std::vector<AnswerTo<Q>> parts) { P::merge(query, std::move(parts)); };
template <class P, class Q>
concept Merges = MergesFor<P, Q> || requires(std::vector<AnswerTo<Q>> parts) { P::merge(std::move(parts)); };

/// `out` is a std::optional<Answer>.
template <class P, class Q>
Result<> merge_step(const void* query, unsigned of, const AskPart& ask, void* out) {
    std::vector<AnswerTo<Q>> parts;
    parts.reserve(of);
    for (unsigned partition = 0; partition < of; ++partition) {
        std::optional<AnswerTo<Q>> part;
        if (Result<> asked = ask(partition, &part); !asked.ok()) return asked;
        parts.push_back(std::move(*part));
    }
    auto& answer = *static_cast<std::optional<AnswerTo<Q>>*>(out);
    if constexpr (MergesFor<P, Q>) {
        answer.emplace(P::merge(*static_cast<const Q*>(query), std::move(parts)));
    } else {
        answer.emplace(P::merge(std::move(parts)));
    }
    return {};
}

template <class P, class Q>
std::optional<unsigned> query_partition_step(const void* query, unsigned of) {
    return partition_of(P::partition(*static_cast<const Q*>(query)), of);
}

template <class P, class Q>
constexpr auto query_partition() -> std::optional<unsigned> (*)(const void*, unsigned) {
    static_assert(check_partition<P, Q>());
    if constexpr (Partitions<P, Q>) {
        using Key = std::remove_cvref_t<decltype(P::partition(std::declval<const Q&>()))>;
        static_assert(
            !IsOptional<Key>::value || Merges<P, Q>,
            "varve: a query that may belong to all partitions needs `static Answer merge(std::vector<Answer>)` "
            "in the projection");
        return &query_partition_step<P, Q>;
    } else {
        return nullptr;
    }
}

template <class P, class Q>
constexpr auto query_merge() -> Result<> (*)(const void*, unsigned, const AskPart&, void*) {
    if constexpr (kind_of_query<Q>() != QueryKind::pieces) {
        if constexpr (Merges<P, Q>) return &merge_step<P, Q>;
    }
    return nullptr;
}

}  // namespace varve::detail
