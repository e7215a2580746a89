#include "crm/contact.hpp"

namespace crm {

namespace {

/// Why nothing can be done with a contact; empty: it can.
std::string trouble_with(const Contact& contact) {
    if (!contact.known) return "contact.unknown";
    return contact.merged_into.empty() ? "" : "contact.merged";
}

}  // namespace

varve::Decision decide(const AddContact& c, const Contact& contact) {
    if (contact.known) return varve::reject("contact.exists");
    return varve::accept(ContactAdded{c.contact, c.name, c.email});
}

varve::Decision decide(const CorrectEmail& c, const Contact& contact) {
    if (const auto trouble = trouble_with(contact); !trouble.empty()) return varve::reject(trouble);
    if (contact.email == c.email) return varve::accept();
    return varve::accept(EmailCorrected{c.contact, c.email});
}

varve::Decision decide(const HoldMeeting& c, const Contact& contact) {
    if (const auto trouble = trouble_with(contact); !trouble.empty()) return varve::reject(trouble);
    return varve::accept(MeetingHeld{c.contact, c.minutes});
}

/// Two streams, one commit. Names and addresses stay where they are: the one that is kept has its own.
varve::Decision decide(const Merge& c, const Contact& keep, const Contact& duplicate) {
    if (c.keep == c.duplicate) return varve::reject("contact.itself");
    for (const Contact* contact : {&keep, &duplicate}) {
        if (const auto trouble = trouble_with(*contact); !trouble.empty()) return varve::reject(trouble);
    }
    return varve::accept(
        varve::on<Contact>(c.keep, DuplicateTaken{c.keep, c.duplicate, duplicate.meetings, duplicate.minutes}),
        varve::on<Contact>(c.duplicate, MergedInto{c.duplicate, c.keep}));
}

}  // namespace crm
