#include "crm/crm.hpp"

#include <map>

namespace crm {

void AddressBook::on(const ContactAdded& e) {
    entries.put({e.contact, e.name, e.email});
}
void AddressBook::on(const EmailCorrected& e) {
    entries.update(e.contact, [&](Entry& entry) { entry.email = e.email; });
}
void AddressBook::on(const MeetingHeld& e) {
    entries.update(e.contact, [&](Entry& entry) {
        ++entry.meetings;
        entry.minutes += e.minutes;
    });
}
void AddressBook::on(const DuplicateTaken& e) {
    entries.update(e.contact, [&](Entry& entry) {
        entry.meetings += e.meetings;
        entry.minutes += e.minutes;
    });
}
void AddressBook::on(const MergedInto& e) {
    entries.erase(e.contact);
}

Lookalikes::Answer AddressBook::answer(const Lookalikes&) const {
    std::map<std::string, std::string> first_with;
    Lookalikes::Answer pairs;
    entries.for_each([&](const Entry& entry) {
        const auto email = entry.email.open();
        if (!email) return;  // nobody looks like somebody who is forgotten
        const auto [other, added] = first_with.try_emplace(*email, entry.contact);
        if (!added) pairs.emplace_back(other->second, entry.contact);
    });
    return pairs;
}

varve::Result<varve::App> open(const std::string& store, const varve::Keys& keys) {
    auto opened = varve::open(store);
    if (!opened) return std::move(opened).error();
    varve::App app{*opened, keys};
    app.handle<AddContact, Contact>(&AddContact::contact, decide);
    app.handle<CorrectEmail, Contact>(&CorrectEmail::contact, decide);
    app.handle<HoldMeeting, Contact>(&HoldMeeting::contact, decide);
    app.handle<Merge, Contact, Contact>(&Merge::keep, &Merge::duplicate, decide);
    if (auto wired = app.project<AddressBook>(varve::sqlite(store + ".db")); !wired) return wired.error();
    return app;
}

varve::Result<std::vector<std::string>> erase(varve::App& app, const std::string& contact, const std::string& request) {
    std::vector<std::string> forgotten;
    std::vector<std::string> to_do{contact};
    while (!to_do.empty()) {
        const std::string next = to_do.back();
        to_do.pop_back();
        const auto entity = app.load<Contact>(next);
        if (!entity) return entity.error();
        if (auto done = app.forget(next, {.correlation_id = request}); !done) return std::move(done).error();
        forgotten.push_back(next);
        to_do.insert(to_do.end(), (*entity)->duplicates.begin(), (*entity)->duplicates.end());
    }
    return forgotten;
}

}  // namespace crm
