// Contacts, two of whom are the same person, who then asks to be forgotten: docs/examples/crm.md walks through it.
#include <filesystem>
#include <iostream>

#include "crm/crm.hpp"

namespace {

using varve::Result;

void show(const std::string& heading, const std::vector<crm::Entry>& entries) {
    std::cout << heading << '\n';
    for (const crm::Entry& entry : entries) {
        std::cout << "  " << entry.contact << "  " << entry.name.value_or("(forgotten)") << ", "
                  << entry.email.value_or("(forgotten)") << ", " << entry.meetings << " meetings, " << entry.minutes
                  << " minutes\n";
    }
}

/// Fills the book, and answers the receipt of the last write.
Result<varve::Receipt> work(varve::App& app) {
    for (const crm::AddContact& contact : {crm::AddContact{"c1", "Ada Lovelace", "ada@example.org"},
                                           {"c2", "Grace Hopper", "grace@example.org"},
                                           {"c3", "A. Lovelace", "al@example.org"}}) {
        if (auto added = app.send(contact); !added) return added;
    }
    for (const crm::HoldMeeting& meeting : {crm::HoldMeeting{"c1", 30}, {"c2", 45}, {"c3", 20}, {"c3", 25}}) {
        if (auto held = app.send(meeting); !held) return held;
    }
    return app.send(crm::CorrectEmail{"c3", "ada@example.org"});
}

Result<> play(const std::string& folder) {
    const std::string log = folder + "/log", keys_file = folder + "/keys";
    auto keys = varve::open_keys(keys_file);
    if (!keys) return std::move(keys).error();
    auto app = crm::open(log, *keys);
    if (!app) return std::move(app).error();

    const auto worked = work(*app);
    const auto book = app->ask(crm::AllEntries{}, varve::after(worked));
    if (!book) return book.error();
    show("the book", *book);
    for (const auto& [one, other] : app->ask(crm::Lookalikes{}).value()) {
        std::cout << one << " and " << other << " have the same address\n";
    }
    if (auto saved = keys->backup(keys_file + ".backup"); !saved) return saved;
    const auto merged = app->send(crm::Merge{"c1", "c3"});
    const auto merged_book = app->ask(crm::AllEntries{}, varve::after(merged));
    if (!merged_book) return merged_book.error();
    show("merged, c3 into c1", *merged_book);
    std::cout << "a meeting with c3: " << app->send(crm::HoldMeeting{"c3", 5}).error().reason << '\n';

    const std::string digest = app->store().info().value().digest;
    const auto forgotten = crm::erase(*app, "c1", "letter of 24 November");
    if (!forgotten) return forgotten.error();
    std::cout << "forgotten:";
    for (const std::string& contact : *forgotten) std::cout << ' ' << contact;
    std::cout << '\n';
    show("the book", app->ask(crm::AllEntries{}).value());
    show("the book as it was before the merge",
         app->replay<crm::AddressBook>(varve::as_of(worked->last)).value().ask(crm::AllEntries{}).value());
    std::cout << "a new address for c1: " << app->send(crm::CorrectEmail{"c1", "ada@example.net"}).error().reason
              << '\n';

    if (auto closed = app->close(); !closed) return closed;
    const auto report = varve::verify(log, {.expect = {digest}});
    if (!report) return report.error();
    std::cout << "history before the forgetting: " << (report->damaged() || report->changed() ? "changed" : "unchanged")
              << ", " << report->events << " events\n";

    auto old_keys = varve::open_keys(keys_file + ".backup");
    if (!old_keys) return std::move(old_keys).error();
    auto again = crm::open(log, *old_keys);
    if (!again) return std::move(again).error();
    std::cout << "opened with the keys of yesterday: c1 is " << (old_keys->forgotten("c1") ? "forgotten\n" : "known\n");
    return again->close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/crm";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "crm: " << played.error().message << '\n';
    return 1;
}
