/// Contacts with personal data, which the tests of sealing and forgetting are about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "varve/varve.hpp"

namespace contacts {

using Text = varve::Personal<std::string>;

struct Address {
    Text street;
    std::string country;
};

struct Added {
    std::string contact;
    Text name;
    std::optional<varve::Personal<int>> born;
    std::vector<Address> addresses;
    std::string subject() const { return contact; }
};
struct Renamed {
    std::string contact;
    Text name;
    std::string subject() const { return contact; }
};
struct Called {
    std::string contact;
    std::int64_t minutes = 0;
};

struct Contact {
    using Events = varve::Events<Added, Renamed, Called>;
    bool known = false;
    Text name;
    std::vector<Address> addresses;
    std::int64_t minutes = 0;
    void evolve(const Added& e) {
        known = true;
        name = e.name;
        addresses = e.addresses;
    }
    void evolve(const Renamed& e) { name = e.name; }
    void evolve(const Called& e) { minutes += e.minutes; }
};

struct Add {
    std::string contact;
    Text name;
    std::vector<Address> addresses = {};
};
struct Rename {
    std::string contact;
    Text name;
};
struct Call {
    std::string contact;
    std::int64_t minutes = 0;
};
/// Takes over the name of another contact, as it is.
struct TakeName {
    std::string to, from;
};

inline varve::Decision decide(const Add& c, const Contact& contact) {
    if (contact.known) return varve::reject("contact.exists");
    return varve::accept(Added{c.contact, c.name, 1815, c.addresses});
}
inline varve::Decision decide(const Rename& c, const Contact& contact) {
    if (contact.name == c.name) return varve::accept();
    return varve::accept(Renamed{c.contact, c.name});
}
inline varve::Decision decide(const Call& c, const Contact&) {
    return varve::accept(Called{c.contact, c.minutes});
}
inline varve::Decision decide(const TakeName& c, const Contact&, const Contact& from) {
    return varve::accept(varve::on<Contact>(c.to, Renamed{c.to, from.name}));
}

struct Row {
    std::string contact;
    Text name;
    std::vector<Address> addresses;
    std::int64_t minutes = 0;
};
struct NameOf {
    std::string contact;
    using Answer = std::optional<Row>;
};
struct Forgettings {
    using Answer = std::int64_t;
};
struct Forgetting {
    std::string subject;
};

struct Directory {
    using Events = varve::Events<Added, Renamed, Called, varve::Forgotten>;
    using Queries = varve::Queries<NameOf, Forgettings>;
    varve::Table<Row> rows;
    varve::Table<Forgetting> forgettings;
    void on(const Added& e) { rows.put({e.contact, e.name, e.addresses, 0}); }
    void on(const Renamed& e) {
        rows.update(e.contact, [&](Row& row) { row.name = e.name; });
    }
    void on(const Called& e) {
        rows.update(e.contact, [&](Row& row) { row.minutes += e.minutes; });
    }
    void on(const varve::Forgotten& e) { forgettings.put({e.subject}); }
    std::optional<Row> answer(const NameOf& q) const { return rows.get(q.contact); }
    std::int64_t answer(const Forgettings&) const { return static_cast<std::int64_t>(forgettings.size()); }
};

inline void wire(varve::App& app) {
    app.handle<Add, Contact>(&Add::contact, decide);
    app.handle<Rename, Contact>(&Rename::contact, decide);
    app.handle<Call, Contact>(&Call::contact, decide);
    app.handle<TakeName, Contact, Contact>(&TakeName::to, &TakeName::from, decide);
}

}  // namespace contacts
