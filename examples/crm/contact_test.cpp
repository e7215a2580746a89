#include "crm/contact.hpp"

#include <gtest/gtest.h>

#include "crm/crm.hpp"
#include "varve/testing.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"

namespace crm {
namespace {

using namespace varve::testing;

const ContactAdded ada{"c1", "Ada Lovelace", "ada@example.org"};
const ContactAdded twin{"c3", "A. Lovelace", "al@example.org"};

TEST(Contact, is_added_once) {
    given<Contact>().when(AddContact{"c1", ada.name, ada.email}).then(ada);
    given<Contact>(ada).when(AddContact{"c1", "Eve", "eve@example.org"}).then_rejected("contact.exists");
}

TEST(Contact, keeps_an_address_that_is_right) {
    given<Contact>(ada).when(CorrectEmail{"c1", "ada@example.org"}).then();
    given<Contact>(ada).when(CorrectEmail{"c1", "ada@example.net"}).then(EmailCorrected{"c1", "ada@example.net"});
}

TEST(Contact, a_duplicate_brings_its_meetings_along) {
    given<Contact>(ada)
        .and_given<Contact>(twin, MeetingHeld{"c3", 20}, MeetingHeld{"c3", 25})
        .when(Merge{"c1", "c3"})
        .then(varve::on<Contact>("c1", DuplicateTaken{"c1", "c3", 2, 45}),
              varve::on<Contact>("c3", MergedInto{"c3", "c1"}));
}

TEST(Contact, what_is_merged_is_left_alone) {
    given<Contact>(twin, MergedInto{"c3", "c1"}).when(HoldMeeting{"c3", 5}).then_rejected("contact.merged");
    given<Contact>(ada)
        .and_given<Contact>(twin, MergedInto{"c3", "c1"})
        .when(Merge{"c1", "c3"})
        .then_rejected("contact.merged");
    given<Contact>(ada).and_given<Contact>(ada).when(Merge{"c1", "c1"}).then_rejected("contact.itself");
}

TEST(Contact, a_mismatch_shows_values_in_clear) {
    try {
        given<Contact>().when(AddContact{"c1", "Ada", "ada@example.org"}).then(ContactAdded{"c1", "Eve", {}});
        FAIL();
    } catch (const Mismatch& mismatch) {
        EXPECT_NE(std::string(mismatch.what()).find("Eve"), std::string::npos) << mismatch.what();
    }
}

TEST(AddressBook, finds_who_looks_alike) {
    const auto book = given_events<AddressBook>(ada, twin, EmailCorrected{"c3", "ada@example.org"});
    const Lookalikes::Answer expected{{"c1", "c3"}};
    EXPECT_EQ(book.ask(Lookalikes{}), expected);
}

TEST(Contact, stores_what_it_has_stored) {
    check_schema("schema.lock", varve::schema<Contact, AddressBook>());
}

TEST(Contact, holds_whatever_happens) {
    check_state<Contact>();
    check_projection<AddressBook>({.runs = 10});
}

}  // namespace
}  // namespace crm
