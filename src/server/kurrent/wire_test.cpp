#include "server/kurrent/wire.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace varve::kurrent {
namespace {

constexpr const char* text = "01020304-0506-0708-890a-0b0c0d0e0f10";

TEST(Wire, ids_come_in_two_forms_most_significant_byte_first) {
    const EventId id = EventId::parse(text).value();
    v1::UUID halves;
    put_id(id, IdForm::structured, halves);
    EXPECT_EQ(halves.structured().most_significant_bits(), 0x0102030405060708);
    EXPECT_EQ(static_cast<std::uint64_t>(halves.structured().least_significant_bits()), 0x890a0b0c0d0e0f10U);
    EXPECT_EQ(id_of(halves), id);
    v1::UUID written;
    put_id(id, IdForm::text, written);
    EXPECT_EQ(written.string(), text);
    EXPECT_EQ(id_of(written), id);
    EXPECT_EQ(id_of(v1::UUID()), std::nullopt);
    written.set_string("no id");
    EXPECT_EQ(id_of(written), std::nullopt);
}

TEST(Wire, times_are_tenths_of_microseconds_since_1970) {
    EXPECT_EQ(ticks(parse_timestamp("1970-01-01T00:00:01.000002Z").value()), "10000020");
    v1::Timestamp before;
    put_time(parse_timestamp("1969-12-31T23:59:59.5Z").value(), before);
    EXPECT_EQ(before.seconds(), -1);
    EXPECT_EQ(before.nanos(), 500'000'000);
}

TEST(Wire, a_content_type_is_json_or_bytes) {
    EXPECT_EQ(content_type_of("application/json"), "application/json");
    EXPECT_EQ(content_type_of("application/cbor"), "application/octet-stream");
    EXPECT_EQ(content_type_of(""), "application/octet-stream");
}

TEST(Wire, an_event_tells_what_clients_ask_of_it) {
    Event event{};
    event.position = Position{7};
    event.revision = Revision{2};
    event.id = EventId::parse(text).value();
    event.created = parse_timestamp("1970-01-01T00:00:01Z").value();
    event.stream = "account-1";
    event.type = "Opened";
    event.content_type = json_content;
    event.data = "{}";
    event.metadata = R"({"by":"me"})";
    v1::RecordedEvent recorded;
    put_event(event, IdForm::text, recorded);
    EXPECT_EQ(recorded.stream_identifier().stream_name(), "account-1");
    EXPECT_EQ(recorded.stream_revision(), 2U);
    EXPECT_EQ(recorded.commit_position(), 7U);
    EXPECT_EQ(recorded.prepare_position(), 7U);
    EXPECT_EQ(recorded.metadata().at("type"), "Opened");
    EXPECT_EQ(recorded.metadata().at("created"), "10000000");
    EXPECT_EQ(recorded.metadata().at("content-type"), "application/json");
    EXPECT_EQ(recorded.custom_metadata(), R"({"by":"me"})");
    EXPECT_EQ(recorded.data(), "{}");

    v1::RecordedEvent link;
    put_index_link(event, "$ce-account", IdForm::text, link);
    EXPECT_EQ(link.stream_identifier().stream_name(), "$ce-account");
    EXPECT_EQ(link.data(), "2@account-1");
    EXPECT_EQ(link.stream_revision(), 7U) << "its place in the order";
    EXPECT_EQ(link.metadata().at("type"), "$>");
}

TEST(Wire, a_tombstone_is_the_last_event_of_its_stream) {
    Event event{};
    event.stream = "$$account-1";
    event.type = "$streamDeleted";
    event.revision = Revision{3};
    v1::RecordedEvent recorded;
    put_event(event, IdForm::text, recorded);
    EXPECT_EQ(recorded.stream_identifier().stream_name(), "account-1");
    EXPECT_EQ(recorded.stream_revision(), static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

}  // namespace
}  // namespace varve::kurrent
