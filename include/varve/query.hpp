/// The query side: what a query is, what it answers, and how to read one's own writes.
///
///     struct BalanceOf { std::string account; using Answer = std::optional<std::int64_t>; };
///     auto balance = bank.ask(BalanceOf{"a1"}, varve::after(receipt));
///     if (balance.ok() && *balance) std::cout << **balance << " as of position " << balance.position();
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "varve/commit.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// The queries that a projection answers: `using Queries = varve::Queries<BalanceOf>;`.
template <class... Q>
struct Queries {
    template <class T>
    static constexpr bool contains = (std::is_same_v<T, Q> || ...);
};

namespace detail {

enum class QueryKind : std::uint8_t { unknown, one, many, pieces };

/// By which name a query says what it answers.
template <class Q>
consteval QueryKind kind_of_query() {
    if constexpr (requires { typename Q::Answer; }) return QueryKind::one;
    if constexpr (requires { typename Q::Answers; }) return QueryKind::many;
    if constexpr (requires { typename Q::Pieces; }) return QueryKind::pieces;
    return QueryKind::unknown;
}

template <class Q, QueryKind kind = kind_of_query<Q>()>
struct AnswerOf {
    static_assert(kind != QueryKind::unknown, "varve: a query says what it answers: using Answer = ...;");
    using type = int;
};
template <class Q>
struct AnswerOf<Q, QueryKind::one> {
    using type = typename Q::Answer;
};
template <class Q>
struct AnswerOf<Q, QueryKind::many> {
    using type = typename Q::Answers;
};
template <class Q>
struct AnswerOf<Q, QueryKind::pieces> {
    using type = typename Q::Pieces;
};

/// One projection answers it, with one value.
template <class Q>
consteval bool check_asked() {
    static_assert(kind_of_query<Q>() != QueryKind::many,
                  "varve: many may answer this query (using Answers): gather it");
    static_assert(kind_of_query<Q>() != QueryKind::pieces,
                  "varve: this query is answered in pieces (using Pieces): stream it");
    return true;
}

}  // namespace detail

/// What a query answers: its own `using Answer = ...;`, or `using Answers = ...;` when many may answer it, each with one of
/// these (varve/gather.hpp), or `using Pieces = ...;` when it is answered in many of these (varve/sink.hpp).
template <class Q>
using AnswerTo = typename detail::AnswerOf<Q>::type;

/// A Result that also says which part of the log it stands for.
template <class T>
class [[nodiscard("an answer may be an error: look at it, or call value() to throw on one")]] Answered
    : public Result<T> {
public:
    Answered(T value, Position position) : Result<T>(std::move(value)), position_(position) {}
    Answered(Error error) : Result<T>(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    /// Every event below this position is reflected, none from it on. 0 for an error.
    [[nodiscard]] Position position() const { return position_; }

private:
    Position position_;
};

/// How often one question was put to one who answers it, since the App began; see `App::queries`.
struct QueryStatus {
    std::string query;         ///< the name of its type
    std::string answered_by;   ///< the projection, or the name of the function
    std::uint64_t asked = 0;   ///< each look of a live query counts, too
    std::uint64_t failed = 0;  ///< of those: errors of the answer, and what was too late for `after` or for a `gather`
    std::chrono::nanoseconds total = {};    ///< spent on answers, without the time that `after` waited
    std::chrono::nanoseconds slowest = {};  ///< of them
};

/// What an answer must have seen. Default: whatever there is.
struct After {
    Position position = {};  ///< every event below it
    std::chrono::milliseconds limit = std::chrono::seconds(5);
    std::optional<Error> error = {};  ///< the write that should be read failed: the question answers its error
};

/// The answer shall reflect this write, waiting for it up to `limit`; then `deadline_exceeded`, which says how far
/// behind the read model is. With a failed `send` the question answers that error.
[[nodiscard]] inline After after(const Receipt& receipt, std::chrono::milliseconds limit = std::chrono::seconds(5)) {
    return {receipt.streams.empty() ? receipt.last : receipt.last + 1, limit, {}};
}
[[nodiscard]] inline After after(const Result<Receipt>& receipt,
                                 std::chrono::milliseconds limit = std::chrono::seconds(5)) {
    if (receipt.ok()) return after(*receipt, limit);
    return {{}, limit, receipt.error()};
}
/// The answer shall reflect the event at this position.
[[nodiscard]] inline After after(Position position, std::chrono::milliseconds limit = std::chrono::seconds(5)) {
    return {position + 1, limit, {}};
}

}  // namespace varve
