/// Read models: where a projection is kept, how it is doing, and a read model as it was in the past.
///
///     struct Balances {
///         using Events = varve::Events<Deposited, Withdrawn>;
///         using Queries = varve::Queries<BalanceOf>;
///         varve::Table<Balance> balances;
///         void on(const Deposited& e) { balances.update(e.account, [&](Balance& row) { row.cents += e.cents; }); }
///         void on(const Withdrawn& e) { balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; }); }
///         std::optional<Balance> answer(const BalanceOf& q) const { return balances.get(q.account); }
///     };
///     bank.project<Balances>();                              // in memory, rebuilt from the log at every start
///     bank.project<Balances>(varve::sqlite("balances.db"));  // in a file, resumed after its checkpoint
///     bank.project<Balances>({.life = varve::Life::inlined});  // varve/projection_options.hpp
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/detail/projection_type.hpp"
#include "varve/effects.hpp"
#include "varve/export.hpp"
#include "varve/projection_options.hpp"
#include "varve/projection_status.hpp"
#include "varve/query.hpp"
#include "varve/result.hpp"
#include "varve/table.hpp"

namespace varve {

/// A read model as of a place in the past, in memory; it does not move on. See `App::replay`.
template <class P>
class Replayed {
public:
    Replayed(std::shared_ptr<P> model, Position position) : model_(std::move(model)), position_(position) {}

    /// Answers as the read model would have at that time. Errors: those of its tables; what `answer` throws, it throws.
    template <class Q>
    [[nodiscard]] Answered<AnswerTo<Q>> ask(const Q& query) const {
        static_assert(detail::QueriesOf<P>::type::template contains<Q>,
                      "varve: this projection does not list the query in its Queries");
        try {
            return {model_->answer(query), position_};
        } catch (const Failure& failure) {
            return failure.error();
        }
    }
    /// The projection itself, to look at its tables.
    [[nodiscard]] const P& model() const { return *model_; }
    /// Every event below it is in the rows.
    [[nodiscard]] Position position() const { return position_; }

private:
    std::shared_ptr<P> model_;
    Position position_;
};

}  // namespace varve
