/// Inside the model: a projection without its type, as its worker and the query bus see it.
#pragma once

#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string_view>
#include <typeindex>
#include <vector>

#include "varve/detail/partition_type.hpp"
#include "varve/detail/step.hpp"
#include "varve/effects.hpp"
#include "varve/partition.hpp"
#include "varve/query.hpp"
#include "varve/sink.hpp"
#include "varve/table.hpp"

namespace varve::detail {

/// One event type that a projection hears.
struct OnStep {
    std::string_view type;
    StepKind kind;
    bool by_stream;  ///< it belongs to the partition of its stream's key, which is told without decoding
    /// Decodes, and calls the handler if the event belongs to this partition.
    Result<> (*apply)(void* projection, const Event& event, const Partition& mine);
    /// The key that its trouble belongs to, as the projection's `partition` says; nothing, and nullptr: its stream.
    std::optional<std::string> (*key)(const Event& event, const Partition& mine) = nullptr;
};

/// One query that a projection answers. `out` is a std::optional<Answer>, or a Sink<Piece>.
struct QueryStep {
    std::type_index query;
    std::string_view name;
    bool many;    ///< others may answer it, too
    bool pieces;  ///< `out` is a Sink<Piece>
    void (*answer)(const void* projection, const void* query, void* out);
    /// Of so many; nothing: all. nullptr: always all.
    std::optional<unsigned> (*partition)(const void* query, unsigned of) = nullptr;
    /// nullptr: parts cannot be joined.
    Result<> (*merge)(const void* query, unsigned of, const AskPart& ask, void* out) = nullptr;
};

struct ProjectionType {
    std::string_view name;
    const StepTable<OnStep>& events;
    std::span<const QueryStep> queries;
    std::shared_ptr<void> (*make)();
    /// Asks for a place for every table. An error names the field that can have none.
    Result<> (*bind)(void* projection, TableBinder& binder, bool writes);
    /// What handlers change from here on can be undone, until the next mark; `plain` takes the fields that are no Table.
    void (*mark)(void* projection, std::vector<std::byte>& plain);
    /// False: something in it could not be put back.
    bool (*undo)(void* projection, std::span<const std::byte> plain);
    /// What handlers have added to its Effects since the last time; nullptr: it has none.
    Result<> (*take_effects)(void* projection, bool wanted, std::vector<NewEffect>& into);
    StoredNames stored;
};

template <class T>
struct IsTable : std::false_type {};
template <class Row>
struct IsTable<Table<Row>> : std::true_type {};

template <class P, class E>
concept HearsPart = requires(P& projection, const E& fact, const Event& event, const Partition& mine) {
    projection.on(fact, mine);
} || requires(P& projection, const E& fact, const Event& event, const Partition& mine) {
    projection.on(fact, event, mine);
};

/// It belongs to the partition of its stream's key.
template <class P, class E>
inline constexpr bool heard_by_stream = !HearsPart<P, E> && !Partitions<P, E>;

template <class P, class E>
void call_on(P& target, const E& fact, const Event& event, const Partition& mine) {
    static_assert(
        requires { target.on(fact); } || requires { target.on(fact, event); } || HearsPart<P, E>,
        "varve: a projection needs `void on(const Event&)` for every event that its Events list names");
    static_assert(check_partition<P, E>());
    if constexpr (requires { target.on(fact, event, mine); }) {
        target.on(fact, event, mine);
    } else if constexpr (requires { target.on(fact, mine); }) {
        target.on(fact, mine);
    } else if constexpr (requires { target.on(fact, event); }) {
        target.on(fact, event);
    } else {
        target.on(fact);
    }
}

/// Whether the fact belongs to this partition, or to all.
template <class P, class E>
bool belongs_here(const E& fact, const Event& event, const Partition& mine) {
    if (mine.of() == 1) return true;
    if constexpr (Partitions<P, E>) {
        const auto belongs = partition_of(P::partition(fact), mine.of());
        return !belongs || *belongs == mine.index();
    } else {
        return HearsPart<P, E> || mine.has(key_of_stream(event.stream));
    }
}

template <class P, class E>
Result<> on_step(void* projection, const Event& event, const Partition& mine) {
    const Fact<E> fact(event);
    // Where all have to decode it, one is enough to tell that it cannot be.
    if (!fact.read.ok()) return mine.has(key_of_stream(event.stream)) ? fact.read : Result<>();
    if (belongs_here<P, E>(*fact, event, mine)) call_on<P, E>(*static_cast<P*>(projection), *fact, event, mine);
    return {};
}

template <class P, class Old>
Result<> on_older_step(void* projection, const Event& event, const Partition& mine) {
    return deliver_older<typename P::Events, Old>(event, [&]<class E>(const E& fact) {
        if (belongs_here<P, E>(fact, event, mine)) call_on<P, E>(*static_cast<P*>(projection), fact, event, mine);
    });
}

template <class P, class E>
std::optional<std::string> key_of_fact(const E& fact) {
    if constexpr (Partitions<P, E>) {
        return partition_key(P::partition(fact));
    } else {
        return {};
    }
}

template <class P, class E>
std::optional<std::string> key_step(const Event& event, const Partition&) {
    const auto fact = decode_event<E>(event);
    return fact.ok() ? key_of_fact<P>(*fact) : std::nullopt;
}

/// Of what an old event becomes, the first part that belongs here.
template <class P, class Old>
std::optional<std::string> older_key_step(const Event& event, const Partition& mine) {
    std::optional<std::string> first;
    // What cannot be delivered, fails when it is applied.
    static_cast<void>(deliver_older<typename P::Events, Old>(event, [&]<class E>(const E& fact) {
        if (!first && belongs_here<P, E>(fact, event, mine)) first = key_of_fact<P>(fact);
    }));
    return first;
}

template <class P, class E>
constexpr auto key_function() -> std::optional<std::string> (*)(const Event&, const Partition&) {
    if constexpr (Partitions<P, E>) {
        return &key_step<P, E>;
    } else {
        return nullptr;
    }
}

template <class P, class Old, class... E>
constexpr auto older_key_function(Events<E...>) -> std::optional<std::string> (*)(const Event&, const Partition&) {
    if constexpr ((Partitions<P, E> || ...)) {
        return &older_key_step<P, Old>;
    } else {
        return nullptr;
    }
}

template <class P, class Q>
void answer_step(const void* projection, const void* query, void* out) {
    const P& model = *static_cast<const P*>(projection);
    const Q& question = *static_cast<const Q*>(query);
    if constexpr (kind_of_query<Q>() == QueryKind::pieces) {
        model.answer(question, *static_cast<const Sink<AnswerTo<Q>>*>(out));
    } else {
        static_cast<std::optional<AnswerTo<Q>>*>(out)->emplace(model.answer(question));
    }
}

template <class P, class Q>
QueryStep make_query_step() {
    if constexpr (kind_of_query<Q>() == QueryKind::pieces) {
        static_assert(
            requires(const P& projection, const Q& query, const Sink<AnswerTo<Q>>& out) {
                projection.answer(query, out);
            },
            "varve: a projection needs `void answer(const Query&, const varve::Sink<Piece>&) const` for every query "
            "with "
            "Pieces that its Queries list names");
    } else {
        static_assert(
            requires(const P& projection, const Q& query) { projection.answer(query); },
            "varve: a projection needs `Answer answer(const Query&) const` for every query that its Queries list "
            "names");
    }
    constexpr QueryKind kind = kind_of_query<Q>();
    return QueryStep{typeid(Q),          reflect::type_name<Q>(), kind == QueryKind::many, kind == QueryKind::pieces,
                     &answer_step<P, Q>, query_partition<P, Q>(), query_merge<P, Q>()};
}

template <class P>
Result<> on_raw_step(void* projection, const Event& event, const Partition&) {
    if constexpr (takes_raw<P>) {
        static_assert(
            requires(P& target) { target.on(event); },
            "varve: a projection with unknown = varve::Unknown::raw needs `void on(const varve::Event&)`");
        static_cast<P*>(projection)->on(event);
    }
    return {};
}

template <class P, class... E, class... Old, class... Ignored>
const StepTable<OnStep>& on_steps(Events<E...>, Events<Old...>, Events<Ignored...>) {
    require_names<E..., Old..., Ignored...>();
    // What an old event becomes may belong elsewhere than its stream does.
    [[maybe_unused]] constexpr bool all_by_stream = (heard_by_stream<P, E> && ...);
    static const StepTable<OnStep> steps(
        {{event_type<E>(), StepKind::listed, heard_by_stream<P, E>, &on_step<P, E>, key_function<P, E>()}...,
         {event_type<Old>(), StepKind::older, all_by_stream, &on_older_step<P, Old>,
          older_key_function<P, Old>(typename P::Events{})}...,
         {event_type<Ignored>(), StepKind::ignored, true, nullptr}...},
        unknown_rule<P>(), {{}, StepKind::listed, true, &on_raw_step<P>});
    return steps;
}

template <class P, class... Q>
std::span<const QueryStep> query_steps(Queries<Q...>) {
    static const std::array<QueryStep, sizeof...(Q)> steps{make_query_step<P, Q>()...};
    return steps;
}

template <class P>
struct QueriesOf {
    using type = Queries<>;
};
template <class P>
    requires requires { typename P::Queries; }
struct QueriesOf<P> {
    using type = typename P::Queries;
};

/// An error about a field that is no Table, for a projection that lives in a database.
[[nodiscard]] VARVE_API Error unkept_field(std::string_view projection, std::string_view field);

template <class P>
Result<> bind_tables(void* projection, TableBinder& binder, bool writes) {
    Result<> result;
    reflect::for_each_field(*static_cast<P*>(projection), [&](std::string_view name, auto& field) {
        using F = std::remove_cvref_t<decltype(field)>;
        if (!result.ok()) return;
        if constexpr (IsTable<F>::value) {
            auto store = binder.table(F::shape(name));
            if (store.ok()) {
                field.bind(std::move(*store), writes);
            } else {
                result = std::move(store).error();
            }
        } else if constexpr (!IsEffects<F>::value) {
            result = unkept_field(reflect::type_name<P>(), name);
        }
    });
    return result;
}

/// A field that is no Table, but can be put back byte by byte.
template <class F>
inline constexpr bool plain_field = std::is_trivially_copyable_v<F> && !std::is_const_v<F>;

/// Not in line: g++ 12, optimising, takes the insertion for one beyond the end.
VARVE_API void mark_plain(std::vector<std::byte>& plain, const void* field, std::size_t bytes);

template <class P>
void mark_fields(void* projection, std::vector<std::byte>& plain) {
    plain.clear();
    reflect::for_each_field(*static_cast<P*>(projection), [&](std::string_view, auto& field) {
        using F = std::remove_reference_t<decltype(field)>;
        if constexpr (IsTable<F>::value) {
            field.mark();
        } else if constexpr (plain_field<F>) {
            mark_plain(plain, &field, sizeof(F));
        }
    });
}

template <class P>
bool undo_fields(void* projection, std::span<const std::byte> plain) {
    bool whole = true;
    reflect::for_each_field(*static_cast<P*>(projection), [&](std::string_view, auto& field) {
        using F = std::remove_reference_t<decltype(field)>;
        if constexpr (IsTable<F>::value) {
            whole = field.undo() && whole;
        } else if constexpr (plain_field<F>) {
            std::memcpy(&field, plain.data(), sizeof(F));
            plain = plain.subspan(sizeof(F));
        } else if constexpr (!IsEffects<F>::value) {
            whole = whole && std::is_const_v<F>;
        }
    });
    return whole;
}

template <class P>
constexpr auto effects_function() -> Result<> (*)(void*, bool, std::vector<NewEffect>&) {
    if constexpr (has_effects<P>()) {
        return &take_effects<P>;
    } else {
        return nullptr;
    }
}

template <class P>
const ProjectionType& projection_type() {
    static_assert(HasEvents<P>, "varve: a projection lists its events: using Events = varve::Events<A, B>;");
    static_assert(std::default_initializable<P>, "varve: a projection starts from its default value, so it needs one");
    static const ProjectionType type{
        reflect::type_name<P>(),
        on_steps<P>(typename P::Events{}, OlderFor<P, typename P::Events>{}, IgnoredBy<P>{}),
        query_steps<P>(typename QueriesOf<P>::type{}),
        [] { return std::shared_ptr<void>(std::make_shared<P>()); },
        &bind_tables<P>,
        &mark_fields<P>,
        &undo_fields<P>,
        effects_function<P>(),
        {.events = stored_parts(WithOlderOf<typename P::Events>{})}};
    return type;
}

}  // namespace varve::detail
