// Water meters and what their owners pay. Monday's program knows less about meters than Tuesday's.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include <varve/varve.hpp>

struct Reading {
    std::string meter;
    std::int64_t litres;
};

struct Meter {
    using Events = varve::Events<Reading>;
    void evolve(const Reading&) {}
};

struct Read {
    std::string meter;
    std::int64_t litres;
};
void wire(varve::App& works);

struct Used {
    std::string meter;
    std::int64_t last = 0;
    std::int64_t litres = 0;
};
struct UsedBy {
    std::string meter;
    using Answer = std::int64_t;
};

namespace monday {

struct Usage {
    using Events = varve::Events<Reading>;
    using Queries = varve::Queries<UsedBy>;
    varve::Table<Used> used;

    void on(const Reading& e) {
        used.update(e.meter, [&](Used& row) {
            if (e.litres < row.last) throw std::runtime_error("the meter counts backwards");
            row.litres += e.litres - row.last;
            row.last = e.litres;
        });
    }
    std::int64_t answer(const UsedBy& q) const {
        const auto row = used.get(q.meter);
        return row ? row->litres : 0;
    }
};

}  // namespace monday

namespace tuesday {

struct Usage {
    using Events = varve::Events<Reading>;
    using Queries = varve::Queries<UsedBy>;
    varve::Table<Used> used;

    void on(const Reading& e) {
        used.update(e.meter, [&](Used& row) {
            if (e.litres < row.last) row.last = 0;  // a new meter was put in, and begins at nothing
            row.litres += e.litres - row.last;
            row.last = e.litres;
        });
    }
    std::int64_t answer(const UsedBy& q) const {
        const auto row = used.get(q.meter);
        return row ? row->litres : 0;
    }
};

}  // namespace tuesday
