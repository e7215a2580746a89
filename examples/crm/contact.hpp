/// A contact: who it is (sealed), how often we met, and whether it turned out to be somebody we know already.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "varve/varve.hpp"

namespace crm {

using Text = varve::Personal<std::string>;

// What has happened. Names and addresses are personal; that and how long we met is not.
struct ContactAdded {
    std::string contact;
    Text name, email;
    std::string subject() const { return contact; }
};
struct EmailCorrected {
    std::string contact;
    Text email;
    std::string subject() const { return contact; }
};
struct MeetingHeld {
    std::string contact;
    std::int64_t minutes = 0;
};
/// In the stream of the one that stays: what the other one brings along.
struct DuplicateTaken {
    std::string contact, duplicate;
    std::int64_t meetings = 0, minutes = 0;
};
/// In the stream of the other one: nothing happens here any more.
struct MergedInto {
    std::string contact, other;
};

struct Contact {
    using Events = varve::Events<ContactAdded, EmailCorrected, MeetingHeld, DuplicateTaken, MergedInto>;
    bool known = false;
    Text name, email;
    std::int64_t meetings = 0, minutes = 0;
    std::string merged_into;
    std::vector<std::string> duplicates;

    void evolve(const ContactAdded& e) {
        known = true;
        name = e.name;
        email = e.email;
    }
    void evolve(const EmailCorrected& e) { email = e.email; }
    void evolve(const MeetingHeld& e) {
        ++meetings;
        minutes += e.minutes;
    }
    void evolve(const DuplicateTaken& e) {
        meetings += e.meetings;
        minutes += e.minutes;
        duplicates.push_back(e.duplicate);
    }
    void evolve(const MergedInto& e) { merged_into = e.other; }
};

// What somebody wants.
struct AddContact {
    std::string contact;
    Text name, email;
};
struct CorrectEmail {
    std::string contact;
    Text email;
};
struct HoldMeeting {
    std::string contact;
    std::int64_t minutes = 0;
};
struct Merge {
    std::string keep, duplicate;
};

[[nodiscard]] varve::Decision decide(const AddContact& c, const Contact& contact);
[[nodiscard]] varve::Decision decide(const CorrectEmail& c, const Contact& contact);
[[nodiscard]] varve::Decision decide(const HoldMeeting& c, const Contact& contact);
[[nodiscard]] varve::Decision decide(const Merge& c, const Contact& keep, const Contact& duplicate);

}  // namespace crm
