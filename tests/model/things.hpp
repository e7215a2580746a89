/// States that tell all they know, for commands whose answers show every difference between two states.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "varve/varve.hpp"

namespace things {

using Text = varve::Personal<std::string>;

/// 13 makes `evolve` throw.
struct Put {
    std::string thing;
    std::int64_t number = 0;
    std::string group, owner;
    Text note;
    std::string subject() const { return owner; }
    std::vector<std::string> tags() const { return {"group:" + group}; }
};
/// What a decision saw.
struct Seen {
    std::string thing, saw;
};

struct Thing {
    using Events = varve::Events<Put, Seen>;
    std::int64_t puts = 0, seen = 0;
    std::uint64_t sum = 0;
    std::string notes;  ///< what could be opened when it was folded: forgetting must reach it
    Text last;
    void evolve(const Put& e) {
        if (e.number == 13) throw std::runtime_error("thirteen");
        ++puts;
        sum = sum * 31 + static_cast<std::uint64_t>(e.number);
        notes += e.note.value_or("-");
        last = e.note;
    }
    void evolve(const Seen& e) {
        ++seen;
        sum = sum * 31 + e.saw.size();
    }
    std::string text() const {
        return std::to_string(puts) + " puts, " + std::to_string(seen) + " seen, " + std::to_string(sum) + ", notes " +
               notes + ", last " + last.value_or("gone");
    }
};
/// Another state of the same streams.
struct Tally {
    using Events = varve::Events<Put>;
    static constexpr std::string_view category = "thing";
    std::int64_t total = 0;
    void evolve(const Put& e) { total += e.number; }
};
/// Whatever carries the group's tag, in whichever stream.
struct Group {
    using Events = varve::Events<Put>;
    static varve::Query facts(const std::string& group) { return {{{.tags = {"group:" + group}}}}; }
    std::string numbers;
    void evolve(const Put& e) { numbers += std::to_string(e.number) + " " + e.note.value_or("-") + ","; }
};

struct PutOne {
    std::string thing;
    std::int64_t number = 0;
    std::string group, owner;
};
struct Look {
    std::string thing;
};
struct Count {
    std::string thing;
    std::int64_t most = 0;
};
struct Move {
    std::string from, to;
    std::int64_t number = 0;
};
struct Gather {
    std::string group;
    std::int64_t number = 0;
};

inline Put put(const std::string& thing, std::int64_t number, const std::string& group, const std::string& owner) {
    return {thing, number, group, owner, Text("n" + std::to_string(number))};
}

inline varve::Decision decide(const PutOne& c, const Thing& thing) {
    if (thing.sum % 7 == 3) return varve::reject("thing.odd", thing.text());
    if (c.number == 5) return varve::accept();
    if (c.number == 11) throw std::runtime_error(thing.text());
    if (c.number == 12) return varve::accept(varve::on<Thing>("elsewhere", Seen{thing.text(), "x"}));
    return varve::accept(put(c.thing, c.number, c.group, c.owner));
}
inline varve::Decision decide(const Look& c, const Thing& thing) {
    return varve::accept(Seen{c.thing, thing.text()}, Seen{c.thing, thing.text()});
}
inline varve::Decision decide(const Count& c, const Tally& tally) {
    if (tally.total > c.most) return varve::reject("tally.over", std::to_string(tally.total));
    return varve::accept(put(c.thing, tally.total % 10, "g1", "ann"));
}
inline varve::Decision decide(const Move& c, const Thing& from, const Thing& to) {
    if (from.puts < to.puts) return varve::reject("thing.poor", from.text() + " / " + to.text());
    return varve::accept(varve::on<Thing>(c.from, put(c.from, c.number, "g1", "bob")),
                         varve::on<Thing>(c.to, Seen{c.to, from.text() + " / " + to.text()}));
}
inline varve::Decision decide(const Gather& c, const Group& group) {
    if (c.number % 2 == 0) return varve::reject("group.even", group.numbers);
    return varve::accept(put("group", c.number % 10, c.group, "ann"));
}

inline void wire(varve::App& app) {
    app.handle<PutOne, Thing>(&PutOne::thing, decide);
    app.handle<Look, Thing>(&Look::thing, decide);
    app.handle<Count, Tally>(&Count::thing, decide);
    app.handle<Move, Thing, Thing>(&Move::from, &Move::to, decide);
    app.handle<Gather, Group>(&Gather::group, decide);
}

}  // namespace things
