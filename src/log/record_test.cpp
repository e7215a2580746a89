#include "log/record.hpp"

#include "log/block.hpp"

#include <gtest/gtest.h>

#include <random>

namespace varve::log {
namespace {

NewEvent order_placed() {
    return {.stream = "order-17",
            .type = "Placed",
            .data = R"({"cents":500})",
            .metadata = R"({"by":"anna"})",
            .tags = {"order:17", "customer:4"},
            .id = EventId::parse("0f8fad5b-d9cb-469f-a165-70867728950e").value()};
}

/// A commit of these events, stamped as the first of its frame, beginning at position 100.
EncodedCommit stamped(const std::vector<NewEvent>& events) {
    EncodedCommit encoded = encode(Commit{.events = events});
    for (std::size_t i = 0; i < encoded.records.size(); ++i) {
        stamp(encoded.bytes.data() + encoded.records[i], Position{100 + i}, Revision{7 + i},
              frame_header_bytes + encoded.records[i]);
    }
    return encoded;
}

std::string_view record_of(const EncodedCommit& encoded, std::size_t i) {
    return std::string_view(encoded.bytes).substr(encoded.records[i]);
}

TEST(Record, gives_back_what_was_written) {
    NewEvent picture = order_placed();
    picture.content_type = "image/png";
    picture.metadata.clear();
    picture.tags.clear();
    NewEvent bytes = order_placed();
    bytes.content_type = octet_content;
    bytes.data.clear();
    const std::vector<NewEvent> events = {order_placed(), picture, bytes};
    const EncodedCommit encoded = stamped(events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        Event event;
        const Result<> decoded = decode(record_of(encoded, i), Position{100 + i}, event);
        ASSERT_TRUE(decoded.ok()) << decoded;
        EXPECT_EQ(event.position, Position{100 + i});
        EXPECT_EQ(event.revision, Revision{7 + i});
        EXPECT_EQ(event.stream, events[i].stream);
        EXPECT_EQ(event.type, events[i].type);
        EXPECT_EQ(event.data, events[i].data);
        EXPECT_EQ(event.metadata, events[i].metadata);
        EXPECT_EQ(event.content_type, events[i].content_type);
        EXPECT_EQ(event.id, events[i].id);
        EXPECT_EQ(std::vector<std::string>(event.tags.begin(), event.tags.end()), events[i].tags);
    }
}

TEST(Record, keeps_the_overhead_small) {
    NewEvent event = order_placed();
    event.stream = "account-1234";
    event.type = "Deposited";
    event.data.assign(256, 'd');
    event.metadata.assign(64, 'm');
    event.tags.clear();
    EXPECT_LE(record_of(stamped({event}), 0).size(), 410U);
}

TEST(Record, detects_every_flipped_bit) {
    EncodedCommit encoded = stamped({order_placed()});
    char* at = encoded.bytes.data() + encoded.records[0];
    const std::size_t bytes = encoded.bytes.size() - encoded.records[0];
    for (std::size_t bit = 0; bit < 8 * bytes; ++bit) {
        at[bit / 8] = static_cast<char>(at[bit / 8] ^ (1 << (bit % 8)));
        Event event;
        EXPECT_FALSE(decode({at, bytes}, Position{100}, event).ok()) << "bit " << bit;
        at[bit / 8] = static_cast<char>(at[bit / 8] ^ (1 << (bit % 8)));
    }
}

TEST(Record, detects_a_record_in_the_wrong_place) {
    const EncodedCommit encoded = stamped({order_placed()});
    Event event;
    EXPECT_TRUE(decode(record_of(encoded, 0), Position{100}, event).ok());
    EXPECT_FALSE(decode(record_of(encoded, 0), Position{101}, event).ok());
}

TEST(Record, refuses_bytes_cut_short) {
    const EncodedCommit encoded = stamped({order_placed()});
    const std::string_view whole = record_of(encoded, 0);
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        Event event;
        EXPECT_FALSE(decode(whole.substr(0, bytes), Position{100}, event).ok());
    }
}

TEST(Record, survives_hostile_bytes) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 20'000; ++round) {
        EncodedCommit encoded = stamped({order_placed(), order_placed()});
        for (int i = 0; i < 3; ++i) encoded.bytes[random() % encoded.bytes.size()] = static_cast<char>(random());
        Event event;
        (void)decode(record_of(encoded, 0), Position{100}, event);
        std::vector<std::uint32_t> offsets;
        (void)record_offsets(encoded.bytes, 2, offsets);
    }
}

TEST(RecordOffsets, finds_every_record_of_every_commit) {
    const EncodedCommit one = stamped({order_placed(), order_placed()});
    const EncodedCommit two = stamped({order_placed()});
    std::vector<std::uint32_t> offsets;
    ASSERT_TRUE(record_offsets(one.bytes + two.bytes, 3, offsets).ok());
    const auto second = static_cast<std::uint32_t>(one.bytes.size());
    EXPECT_EQ(offsets, (std::vector{one.records[0], one.records[1], second + two.records[0]}));
}

TEST(RecordOffsets, refuses_counts_that_do_not_add_up) {
    const EncodedCommit encoded = stamped({order_placed(), order_placed()});
    std::vector<std::uint32_t> offsets;
    EXPECT_FALSE(record_offsets(encoded.bytes, 1, offsets).ok());
    EXPECT_FALSE(record_offsets(encoded.bytes, 3, offsets).ok());
    EXPECT_FALSE(record_offsets(encoded.bytes, 4'000'000'000, offsets).ok());
    EXPECT_FALSE(record_offsets(std::string_view(encoded.bytes).substr(8), 2, offsets).ok());
}

}  // namespace
}  // namespace varve::log
