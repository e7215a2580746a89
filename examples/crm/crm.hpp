/// The application: the address book that people look into, and what takes more than one command.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crm/contact.hpp"

namespace crm {

/// A row keeps name and address sealed, as they came; they are opened when somebody looks.
struct Entry {
    std::string contact;
    Text name, email;
    std::int64_t meetings = 0, minutes = 0;
};

struct EntryOf {
    std::string contact;
    using Answer = std::optional<Entry>;
};
struct AllEntries {
    using Answer = std::vector<Entry>;
};
/// Pairs of contacts with the same e-mail address.
struct Lookalikes {
    using Answer = std::vector<std::pair<std::string, std::string>>;
};

struct AddressBook {
    using Events = varve::Events<ContactAdded, EmailCorrected, MeetingHeld, DuplicateTaken, MergedInto>;
    using Queries = varve::Queries<EntryOf, AllEntries, Lookalikes>;
    varve::Table<Entry> entries;

    void on(const ContactAdded& e);
    void on(const EmailCorrected& e);
    void on(const MeetingHeld& e);
    void on(const DuplicateTaken& e);
    void on(const MergedInto& e);
    [[nodiscard]] std::optional<Entry> answer(const EntryOf& q) const { return entries.get(q.contact); }
    [[nodiscard]] std::vector<Entry> answer(const AllEntries&) const { return entries.all(); }
    [[nodiscard]] Lookalikes::Answer answer(const Lookalikes&) const;
};

/// A store and a key file in one folder, wired. The keys would better lie elsewhere; this is an example.
[[nodiscard]] varve::Result<varve::App> open(const std::string& store, const varve::Keys& keys);

/// What the law asks for: forgets the contact and everybody who turned out to be the same person. Answers whom.
[[nodiscard]] varve::Result<std::vector<std::string>> erase(varve::App& app, const std::string& contact,
                                                            const std::string& request);

}  // namespace crm
