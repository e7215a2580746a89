/// What a projection wants done in the world outside, once: mails, calls, messages; held back while it replays.
///
///     struct SendMail { std::string to, text; };                    // an effect: a plain struct, kept as JSON
///     struct Orders {
///         varve::Table<Order> orders;
///         varve::Effects<SendMail> mails;
///         void on(const Shipped& e) { mails.add({e.customer, "Your order is on its way"}); }
///         ...
///     shop.perform<SendMail>([](const SendMail& mail, const varve::EffectContext& context) -> varve::Result<> {
///         return post(mail.to, mail.text, context.id);              // the receiver tells a repeated one by its id
///     });
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/json.hpp"
#include "varve/reflect.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// A field of a projection, to which handlers add what shall be done. It is recorded together with the rows and the
/// checkpoint, and done after that has been committed, by a thread of its own: in order, at least once, and never for an
/// event that was there before the rows were begun. docs/projections.md says when something may happen twice, or never.
template <class M>
class Effects {
public:
    static_assert(reflect::Aggregate<M>, "varve: an effect is a plain struct, kept as JSON until it is performed");

    /// From a handler only. During a replay nothing comes of it. When it has no JSON form, the handler fails.
    void add(M effect) { added_.push_back(std::move(effect)); }

    /// For the App and the testing kit: what was added since the last time.
    [[nodiscard]] std::vector<M> take() { return std::exchange(added_, {}); }
    /// The same, left where it is.
    [[nodiscard]] const std::vector<M>& added() const { return added_; }

private:
    std::vector<M> added_;
};

/// What is known of an effect beside itself.
struct EffectContext {
    /// `Orders/41/0`: of the projection, the event's position, and which of its effects. The same each time it is tried, also
    /// after a restart and by the projection that takes the place of this one, so that a receiver can tell that it has done
    /// this already.
    std::string id;
    Position position;  ///< of the event
    int attempt = 1;    ///< in this run of the program, from 1; after the cut-over of a rebuild from 1 again
};

/// How often a failed effect is tried. Until it is done, or set aside, the later ones of its projection wait.
struct EffectOptions {
    int attempts = 5;  ///< at least 1; then it is set aside
    std::chrono::milliseconds pause =
        std::chrono::milliseconds(200);  ///< before the second; it doubles, up to a minute
};

/// An effect that was tried in vain; see `App::retry_effect`.
struct EffectAside {
    std::string id;
    std::string type;
    std::string data;  ///< as JSON
    std::string error;
};

/// How the effects of a projection stand.
struct EffectsStatus {
    Position from;                 ///< events before it have no effects, or were another one's to perform
    bool held = false;             ///< it is not in charge (varve/rebuild.hpp): nothing is performed
    std::uint64_t pending = 0;     ///< recorded, not yet performed
    std::uint64_t performed = 0;   ///< in this run of the program
    std::uint64_t aside = 0;       ///< tried in vain
    std::optional<Error> waiting;  ///< why the first pending one is not done yet: its last error, or nobody performs it
    std::vector<EffectAside> set_aside = {};  ///< the first hundred of them
};

namespace detail {

struct NewEffect {
    std::string_view type;
    std::string data;
};

/// Who performs the effects of one type.
struct EffectPerformer {
    std::string_view type;
    std::function<Result<>(std::string_view data, const EffectContext& context)> perform;
    EffectOptions options;
};

template <class M, class F>
EffectPerformer make_performer(F f, const EffectOptions& options) {
    static_assert(
        std::is_invocable_r_v<Result<>, F&, const M&, const EffectContext&>,
        "varve: who performs an effect takes (const Effect&, const varve::EffectContext&), answers varve::Result<>");
    return {reflect::type_name<M>(),
            [f = std::move(f)](std::string_view data, const EffectContext& context) mutable -> Result<> {
                auto effect = from_json<M>(data);
                if (!effect.ok()) return std::move(effect).error();
                return f(static_cast<const M&>(*effect), context);
            },
            options};
}

template <class T>
struct IsEffects : std::false_type {};
template <class M>
struct IsEffects<Effects<M>> : std::true_type {
    using effect = M;
};

template <class P>
consteval bool has_effects() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (IsEffects<reflect::field_type<P, I>>::value || ...);
    }(std::make_index_sequence<reflect::field_count<P>>{});
}

template <class P, class M>
consteval bool has_effects_of() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (std::is_same_v<reflect::field_type<P, I>, Effects<M>> || ...);
    }(std::make_index_sequence<reflect::field_count<P>>{});
}

/// What handlers have added since the last time; `wanted` is false during a replay.
template <class P>
Result<> take_effects(void* projection, bool wanted, std::vector<NewEffect>& into) {
    Result<> result;
    reflect::for_each_field(*static_cast<P*>(projection), [&](std::string_view, auto& field) {
        using F = std::remove_cvref_t<decltype(field)>;
        if constexpr (IsEffects<F>::value) {
            using M = typename IsEffects<F>::effect;
            for (const M& effect : field.take()) {
                if (!wanted || !result.ok()) continue;
                auto data = to_json(effect);
                if (data.ok()) {
                    into.push_back({reflect::type_name<M>(), std::move(*data)});
                } else {
                    result = std::move(data).error().within(std::string("effect ").append(reflect::type_name<M>()));
                }
            }
        }
    });
    return result;
}

}  // namespace detail
}  // namespace varve
