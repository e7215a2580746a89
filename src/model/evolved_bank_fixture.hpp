/// A bank with a past: its deposits had two other shapes, and a transfer was one event.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "varve/varve.hpp"

namespace evolved {

namespace v1 {
struct Deposited {
    std::string account;
    double euros = 0;
};
}  // namespace v1

namespace v2 {
struct Deposited {
    static constexpr int version = 2;
    std::string account;
    std::int64_t cents = 0;
    static Deposited upcast(const v1::Deposited& old) {
        if (old.euros < 0) throw std::runtime_error("nobody deposits less than nothing");
        return {old.account, std::llround(old.euros * 100)};
    }
};
}  // namespace v2

struct Transferred {
    std::string from, to;
    std::int64_t cents = 0;
};

struct Deposited;
struct Withdrawn;

/// A day's bookings in one event: what they become, and their order, is in the data.
struct DayBooked {
    std::string account;
    std::vector<std::int64_t> cents;
    std::vector<std::variant<Deposited, Withdrawn>> upcast() const;
};

/// Becomes a deposit, and then something that cannot be led on.
struct HalfBooked {
    std::string account;
    std::vector<std::variant<Deposited, v1::Deposited>> upcast() const;
};

struct Deposited {
    static constexpr int version = 3;
    std::string account;
    std::int64_t cents = 0;
    std::string currency;
    using Replaces = varve::Events<v2::Deposited, Transferred, DayBooked, HalfBooked>;
    static Deposited upcast(const v2::Deposited& old) { return {old.account, old.cents, "EUR"}; }
    static Deposited upcast(const Transferred& old) { return {old.to, old.cents, "EUR"}; }
};

struct Withdrawn {
    std::string account;
    std::int64_t cents = 0;
    using Replaces = varve::Events<Transferred, DayBooked>;
    static std::optional<Withdrawn> upcast(const Transferred& old) {
        if (old.cents == 0) return {};
        return Withdrawn{old.from, old.cents};
    }
};

inline std::vector<std::variant<Deposited, Withdrawn>> DayBooked::upcast() const {
    std::vector<std::variant<Deposited, Withdrawn>> bookings;
    for (const std::int64_t amount : cents) {
        if (amount > 0) {
            bookings.emplace_back(Deposited{account, amount, "EUR"});
        } else {
            bookings.emplace_back(Withdrawn{account, -amount});
        }
    }
    return bookings;
}

inline std::vector<std::variant<Deposited, v1::Deposited>> HalfBooked::upcast() const {
    return {Deposited{account, 4, "EUR"}, v1::Deposited{account, -1}};
}

/// Once a fact of its own; now who opened an account stands in the stored event's stream.
struct Named {
    std::string name;
};
struct Opened {
    static constexpr int version = 2;
    std::string account, owner;
    static Opened upcast(const Named& old, const varve::Event& stored) {
        return {std::string(stored.stream.substr(stored.stream.find('-') + 1)), old.name};
    }
};

struct Account {
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    std::string owner;
    std::int64_t cents = 0;
    std::string currencies;
    void evolve(const Opened& e) { owner = e.account + " of " + e.owner; }
    void evolve(const Deposited& e) {
        cents += e.cents;
        currencies += e.currency;
    }
    void evolve(const Withdrawn& e) { cents -= e.cents; }
};

/// Knows one half of a transfer only.
struct Income {
    using Events = varve::Events<Deposited>;
    static constexpr std::string_view category = "account";
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

/// An auditor, who wants to see the second version as it was.
struct Audited {
    using Events = varve::Events<v2::Deposited, Deposited>;
    static constexpr std::string_view category = "account";
    int old = 0, today = 0;
    void evolve(const v2::Deposited&) { ++old; }
    void evolve(const Deposited&) { ++today; }
};

struct Line {
    std::uint64_t number = 0;
    std::string text;
};
struct AllLines {
    using Answer = std::string;
};
struct Journal {
    using Events = varve::Events<Deposited, Withdrawn>;
    using Queries = varve::Queries<AllLines>;
    varve::Table<Line> lines;
    void on(const Deposited& e, const varve::Event& stored) { add("+" + std::to_string(e.cents), stored); }
    void on(const Withdrawn& e, const varve::Event& stored) { add("-" + std::to_string(e.cents), stored); }
    void add(const std::string& amount, const varve::Event& stored) {
        lines.put({lines.size(), std::string(stored.type) + "@" + std::to_string(stored.position.value) + amount});
    }
    std::string answer(const AllLines&) const {
        std::string all;
        lines.for_each([&](const Line& line) { all += line.text + ' '; });
        return all;
    }
};

}  // namespace evolved
