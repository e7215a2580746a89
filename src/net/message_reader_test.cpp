#include "net/message_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace varve::net {
namespace {

using Step = MessageReader::Step;

std::string framed(std::string_view message, char flag = 0) {
    std::string bytes{flag, 0, static_cast<char>(message.size() >> 16 & 0xFF),
                      static_cast<char>(message.size() >> 8 & 0xFF), static_cast<char>(message.size() & 0xFF)};
    return bytes.append(message);
}

/// All that can be taken.
std::vector<std::string> drain(MessageReader& reader) {
    std::vector<std::string> messages;
    for (;;) {
        const auto next = reader.next();
        if (next.step != Step::message) return messages;
        messages.emplace_back(next.message);
    }
}

TEST(MessageReader, messages_cut_anywhere_come_out_whole) {
    const std::vector<std::string> sent = {"", "a", std::string(300, 'b'), "", std::string(5000, 'c'), "d"};
    std::string wire;
    for (const std::string& message : sent) wire += framed(message);
    for (std::size_t cut = 1; cut <= wire.size(); cut += cut < 20 ? 1 : 97) {
        MessageReader reader(10'000);
        std::vector<std::string> got;
        for (std::size_t at = 0; at < wire.size(); at += cut) {
            const std::string piece = wire.substr(at, cut);
            reader.add(piece);
            for (std::string& message : drain(reader)) got.push_back(std::move(message));
            reader.keep();
        }
        EXPECT_EQ(got, sent) << "cut every " << cut;
        EXPECT_EQ(reader.held(), 0U);
    }
}

TEST(MessageReader, a_whole_message_is_not_copied) {
    MessageReader reader(100);
    const std::string wire = framed("hello");
    reader.add(wire);
    EXPECT_EQ(reader.next().message.data(), wire.data() + 5);
}

TEST(MessageReader, what_is_not_taken_waits_in_order) {
    MessageReader reader(100);
    for (int round = 0; round < 3; ++round) {
        const std::string wire = framed("first") + framed("second");
        reader.add(wire);
        if (round == 0) {
            EXPECT_EQ(reader.next().message, "first");
        }
        reader.keep();
    }
    EXPECT_EQ(reader.held(), 10U + 1 + 2 * 21);
    reader.add({});
    EXPECT_EQ(drain(reader), (std::vector<std::string>{"second", "first", "second", "first", "second"}));
    EXPECT_EQ(reader.held(), 0U);
}

TEST(MessageReader, a_long_one_is_refused_by_its_length_alone) {
    MessageReader reader(100);
    const std::string fits = framed(std::string(100, 'x'));
    reader.add(fits);
    EXPECT_EQ(reader.next().step, Step::message);
    const std::string wire = framed(std::string(101, 'x')).substr(0, 5);
    reader.add(wire);
    const auto next = reader.next();
    EXPECT_EQ(next.step, Step::too_long);
    EXPECT_EQ(next.length, 101U);
}

TEST(MessageReader, a_compressed_one_is_refused) {
    MessageReader reader(100);
    const std::string wire = framed("zip", 1);
    reader.add(wire);
    EXPECT_EQ(reader.next().step, Step::compressed);
}

}  // namespace
}  // namespace varve::net
