#include "model/key_format.hpp"

#include <gtest/gtest.h>

namespace varve {
namespace {

KeySlot a_slot() {
    KeySlot slot{
        .state = KeySlot::State::key, .since = Timestamp(std::chrono::seconds(1'700'000'000)), .subject = "c-7"};
    slot.id.fill('i');
    slot.nonce.fill('n');
    slot.wrapped.fill('w');
    return slot;
}

TEST(KeyFormat, a_slot_comes_back) {
    const auto bytes = a_slot().encode();
    ASSERT_EQ(bytes.size(), key_slot_bytes);
    const auto slot = KeySlot::parse(bytes);
    ASSERT_TRUE(slot);
    EXPECT_EQ(slot->subject, "c-7");
    EXPECT_EQ(slot->id, a_slot().id);
    EXPECT_EQ(slot->nonce, a_slot().nonce);
    EXPECT_EQ(slot->wrapped, a_slot().wrapped);
    EXPECT_EQ(slot->since, a_slot().since);
    EXPECT_EQ(slot->state, KeySlot::State::key);
}

TEST(KeyFormat, the_places_are_those_of_the_table) {
    const auto bytes = a_slot().encode();
    EXPECT_EQ(bytes[0], 1);
    EXPECT_EQ(bytes[1], 3);
    EXPECT_EQ(bytes.substr(16, 16), std::string(16, 'i'));
    EXPECT_EQ(bytes.substr(32, 24), std::string(24, 'n'));
    EXPECT_EQ(bytes.substr(56, 48), std::string(48, 'w'));
    EXPECT_EQ(bytes.substr(104, 4), std::string("c-7\0", 4));
}

TEST(KeyFormat, any_changed_bit_is_noticed) {
    const auto bytes = a_slot().encode();
    KeyFileHeader header;
    header.store = "a store";
    const auto head = header.encode();
    for (std::size_t bit = 0; bit < key_slot_bytes * 8; ++bit) {
        auto changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(KeySlot::parse(changed)) << bit;
        changed = head;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(KeyFileHeader::parse(changed).ok()) << bit;
    }
}

TEST(KeyFormat, what_is_too_short_is_nothing) {
    const auto bytes = a_slot().encode();
    const auto head = KeyFileHeader{}.encode();
    for (std::size_t size = 0; size < key_slot_bytes; ++size) {
        EXPECT_FALSE(KeySlot::parse(std::string_view(bytes).substr(0, size)));
        EXPECT_FALSE(KeyFileHeader::parse(std::string_view(head).substr(0, size)).ok());
    }
}

TEST(KeyFormat, a_newer_format_is_not_called_damaged) {
    auto bytes = KeyFileHeader{}.encode();
    bytes[8] = 2;
    const auto parsed = KeyFileHeader::parse(bytes);
    EXPECT_EQ(parsed.error().code, Code::failed_precondition);
    EXPECT_NE(parsed.error().message.find("newer"), std::string::npos);
}

TEST(KeyFormat, a_token_comes_back) {
    SealedToken token{.nonce = std::string(24, 'n'), .sealed = std::string(48, 's')};
    token.id.fill('i');
    const auto back = SealedToken::parse(token.encode());
    ASSERT_TRUE(back);
    EXPECT_EQ(back->id, token.id);
    EXPECT_EQ(back->nonce, token.nonce);
    EXPECT_EQ(back->sealed, token.sealed);
}

TEST(KeyFormat, a_cut_or_foreign_token_is_none) {
    SealedToken token{.nonce = std::string(24, 'n'), .sealed = std::string(17, 's')};
    const auto text = token.encode();
    ASSERT_TRUE(SealedToken::parse(text));
    for (std::size_t size = 0; size < text.size() - 1; ++size) {
        EXPECT_FALSE(SealedToken::parse(text.substr(0, size))) << size;
    }
    EXPECT_FALSE(SealedToken::parse(text + "A="));
    EXPECT_FALSE(SealedToken::parse("not base64!"));
    auto other_version = text;
    other_version[1] = 'g';
    EXPECT_FALSE(SealedToken::parse(other_version));
}

TEST(KeyFormat, no_two_places_are_bound_alike) {
    EXPECT_NE(sealed_bound_to("ab", "c", "d"), sealed_bound_to("a", "bc", "d"));
    EXPECT_NE(sealed_bound_to("a", "bc", "d"), sealed_bound_to("a", "b", "cd"));
}

}  // namespace
}  // namespace varve
