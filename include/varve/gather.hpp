/// One question, many who answer: read models and functions, asked at the same time.
///
///     struct Search { std::string text; using Answers = std::vector<Hit>; };      // plural: one from each
///     shop.project<Products>();                                                   // lists Search in its Queries
///     shop.answer<Search>("reviews", [](const Search& q) { return ask_the_reviews(q.text); });
///     auto found = shop.gather(Search{"lamp"}, {.limit = 200ms}).value();
///     for (const auto& part : found.parts) show(part.from, part.answer);
///     for (const auto& absent : found.missing) log(absent.from, absent.error);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "varve/engine.hpp"
#include "varve/query.hpp"
#include "varve/reflect.hpp"
#include "varve/result.hpp"

namespace varve {

/// What has come in time, and who is missing: everybody who was asked is in one of the two, in the order of the wiring.
template <class T>
struct Gathered {
    struct Part {
        std::string from;  ///< the projection, or the name that the function was given
        T answer;
        std::optional<Position> position;  ///< every event below it is reflected, none from it on; none of a function
    };
    struct Missing {
        std::string from;
        Error
            error;  ///< `deadline_exceeded`, what it threw (`unknown`), `resource_exhausted` (too much waits for it), ...
    };
    std::vector<Part> parts;
    std::vector<Missing> missing;

    [[nodiscard]] bool complete() const { return missing.empty(); }
};

namespace detail {

/// A function that answers, without its type. `answer` takes a std::optional<Answer>.
struct AnswerFunction {
    std::type_index query;
    std::string_view query_name;
    std::string name;
    std::function<void(const void* query, Deadline deadline, void* answer)> answer;
};

/// A question without its type, with a place for each answer: who is late may still write there, when nobody looks any more.
struct Scattered {
    std::type_index query;
    std::string_view name;
    std::shared_ptr<const void> value;
    std::shared_ptr<void> (*make_answer)();
};

struct Reply {
    std::string from;
    std::shared_ptr<void> answer;
    std::optional<Position> position;
    std::optional<Error> error;
};

template <class Q, class F>
AnswerFunction make_answer_function(std::string name, F f) {
    static_assert(kind_of_query<Q>() == QueryKind::many,
                  "varve: a function answers only a query that many may answer: using Answers = ...;");
    static_assert(std::is_invocable_v<const F&, const Q&, Deadline> || std::is_invocable_v<const F&, const Q&>,
                  "varve: a function that answers takes (const Query&), or (const Query&, varve::Deadline)");
    return {typeid(Q), reflect::type_name<Q>(), std::move(name),
            [f = std::move(f)](const void* query, Deadline deadline, void* answer) {
                auto& into = *static_cast<std::optional<AnswerTo<Q>>*>(answer);
                if constexpr (std::is_invocable_v<const F&, const Q&, Deadline>) {
                    into.emplace(f(*static_cast<const Q*>(query), deadline));
                } else {
                    into.emplace(f(*static_cast<const Q*>(query)));
                }
            }};
}

template <class Q>
Scattered scattered(const Q& query) {
    return {typeid(Q), reflect::type_name<Q>(), std::make_shared<const Q>(query),
            [] { return std::shared_ptr<void>(std::make_shared<std::optional<AnswerTo<Q>>>()); }};
}

template <class T>
Gathered<T> gathered(std::vector<Reply> replies) {
    Gathered<T> all;
    for (Reply& reply : replies) {
        if (reply.error) {
            all.missing.push_back({std::move(reply.from), std::move(*reply.error)});
        } else {
            auto& answer = *static_cast<std::optional<T>*>(reply.answer.get());
            all.parts.push_back({std::move(reply.from), std::move(*answer), reply.position});
        }
    }
    return all;
}

}  // namespace detail
}  // namespace varve
