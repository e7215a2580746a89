/// Values made up from their types: what the properties of varve/testing_properties.hpp are tried with.
///
///     varve::testing::Random random(17);                        // the same seed, the same values
///     auto deposited = random.any<Deposited>();                 // {"account":"b","cents":7}
///     deposited.cents = 1 + static_cast<int>(random.below(100));
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/described.hpp"
#include "varve/detail/json_form.hpp"
#include "varve/event.hpp"
#include "varve/export.hpp"
#include "varve/json.hpp"
#include "varve/personal.hpp"
#include "varve/types.hpp"

namespace varve::testing {

/// Which values are made up.
enum class Range : std::uint8_t {
    /// Texts are mostly `a`, `b` or `c`, numbers are small: so that events are often about the same thing, and sums
    /// do not overflow. Floating point numbers are multiples of 1/4, whose sums are exact.
    small,
    /// Also the largest and smallest numbers, and texts that are hard to write down.
    full,
};

/// A source of values: from a seed, so that they can be had again. Used by one thread.
class VARVE_API Random {
public:
    explicit Random(std::uint64_t seed, Range range = Range::small) : state_(seed), range_(range) {}

    /// 0 .. count - 1; `count` is at least 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t count);
    /// Once in so many times.
    [[nodiscard]] bool once_in(std::uint64_t times) { return below(times) == 0; }

    /// Some value of a type with a JSON form. Lists have at most three elements. Throws Failure when a codec refuses
    /// whatever is made up for it.
    template <class T>
    [[nodiscard]] T any() {
        static_assert(detail::storable<T>, "varve: only values with a JSON form are made up; make this one by hand");
        if constexpr (detail::form_of<T> == detail::Form::coded) {
            return coded<T>();
        } else {
            T value{};
            fill(value, 0);
            return value;
        }
    }

private:
    static constexpr int depth_max = 3;

    [[nodiscard]] std::uint64_t next();
    [[nodiscard]] std::string text();
    [[nodiscard]] std::int64_t small_number();
    [[nodiscard]] Timestamp time();
    [[nodiscard]] EventId id();
    [[noreturn]] static void refuse(std::string_view type);

    template <class T>
    T coded() {
        for (int attempt = 0; attempt < 100; ++attempt) {
            const auto stored = to_json(any<detail::Encoded<T>>());
            if (!stored.ok()) continue;
            auto value = from_json<T>(*stored);
            if (value.ok()) return std::move(*value);
        }
        refuse(reflect::type_name<T>());
    }

    template <class T>
    T integer() {
        using Limits = std::numeric_limits<T>;
        if (range_ == Range::full) {
            if (once_in(4)) return Limits::max();
            if (once_in(4)) return Limits::min();
            if (once_in(4)) return static_cast<T>(next());
        }
        const std::int64_t number = small_number();
        return std::in_range<T>(number) ? static_cast<T>(number) : T{};
    }

    template <class T>
    T floating() {
        if (range_ == Range::full && once_in(2)) {
            using Limits = std::numeric_limits<std::conditional_t<std::is_same_v<T, float>, float, double>>;
            // Those that look like an integer, and are none that 64 bits hold.
            const T hard[] = {T(-0.0),       T(0x1p63),        T(-0x1p63),           T(0x1p64),         T(1e19),
                              T(-1e19),      T(1e21),          T(-4.7e21),           T(1e22),           Limits::max(),
                              Limits::min(), Limits::lowest(), Limits::denorm_min(), Limits::epsilon(), T(1) / 3};
            return hard[below(std::size(hard))];
        }
        return static_cast<T>(small_number()) / 4;
    }

    template <class T>
    T enumerator() {
        std::string_view names[std::size(reflect::detail::enum_names_of<T>)];
        std::size_t count = 0;
        for (const std::string_view name : reflect::detail::enum_names_of<T>) {
            if (!name.empty()) names[count++] = name;
        }
        return count == 0 ? T{} : *reflect::enum_value<T>(names[below(count)]);
    }

    template <class T>
    T inner(int depth) {
        if constexpr (detail::form_of<T> == detail::Form::coded) {
            return coded<T>();
        } else {
            T value{};
            fill(value, depth + 1);
            return value;
        }
    }

    template <class... T>
    void fill_variant(std::variant<T...>& value, int depth) {
        const std::uint64_t chosen = depth > depth_max ? 0 : below(sizeof...(T));
        std::uint64_t at = 0;
        ((at++ == chosen ? void(value = inner<T>(depth)) : void()), ...);
    }

    template <class T>
    void fill_many(T& value, int depth) {
        constexpr detail::Form form = detail::form_of<T>;
        const std::uint64_t count = depth > depth_max ? 0 : below(4);
        for (std::uint64_t i = 0; i < count; ++i) {
            if constexpr (form == detail::Form::map) {
                value.emplace(text(), inner<typename T::mapped_type>(depth));
            } else if constexpr (form == detail::Form::set) {
                value.insert(inner<typename T::value_type>(depth));
            } else {
                value.push_back(inner<typename T::value_type>(depth));
            }
        }
    }

    template <class T>
    void fill(T& value, int depth) {
        constexpr detail::Form form = detail::form_of<T>;
        if constexpr (form == detail::Form::coded) {
            value = coded<T>();
        } else if constexpr (form == detail::Form::boolean) {
            value = once_in(2);
        } else if constexpr (form == detail::Form::integer) {
            value = integer<T>();
        } else if constexpr (form == detail::Form::floating) {
            value = floating<T>();
        } else if constexpr (form == detail::Form::enumeration) {
            value = enumerator<T>();
        } else if constexpr (form == detail::Form::text) {
            value = text();
        } else if constexpr (form == detail::Form::timestamp) {
            value = time();
        } else if constexpr (form == detail::Form::duration) {
            value = T(inner<typename T::rep>(depth));
        } else if constexpr (form == detail::Form::event_id) {
            value = id();
        } else if constexpr (form == detail::Form::ordinal) {
            value = T(below(20));
        } else if constexpr (form == detail::Form::json) {
            value.text = once_in(2) ? "null" : R"({"a":[1,true]})";
        } else if constexpr (form == detail::Form::optional || form == detail::Form::personal) {
            if (depth <= depth_max && !once_in(3)) value = inner<typename T::value_type>(depth);
        } else if constexpr (form == detail::Form::variant) {
            fill_variant(value, depth);
        } else if constexpr (form == detail::Form::array || form == detail::Form::tuple) {
            std::apply([&](auto&... item) { (fill(item, depth + 1), ...); }, value);
        } else if constexpr (form == detail::Form::structure) {
            reflect::for_each_field(value, [&](std::string_view, auto& field) { fill(field, depth + 1); });
        } else {
            fill_many(value, depth);
        }
    }

    std::uint64_t state_;
    Range range_;
};

}  // namespace varve::testing
