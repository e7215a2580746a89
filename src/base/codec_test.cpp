#include "varve/codec.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

class Money {
public:
    static varve::Result<Money> of(std::int64_t cents) {
        if (cents < 0)
            return varve::Error{.code = varve::Code::invalid_argument, .message = "money cannot be negative"};
        return Money(cents);
    }
    [[nodiscard]] std::int64_t cents() const { return cents_; }
    friend bool operator==(const Money&, const Money&) = default;

private:
    explicit Money(std::int64_t cents) : cents_(cents) {}
    std::int64_t cents_;
};

template <>
struct varve::codec<Money> {
    static std::int64_t encode(const Money& money) { return money.cents(); }
    static Result<Money> decode(std::int64_t cents) { return Money::of(cents); }
};

/// A type whose codec reads JSON itself, within the reading of another text.
struct Wrapped {
    int value = 0;

    Wrapped() = default;
    explicit Wrapped(int v) : value(v) {}
};

struct Inner {
    int value = 0;
};

template <>
struct varve::codec<Wrapped> {
    static std::string encode(const Wrapped& wrapped) { return to_json(Inner{wrapped.value}).value(); }
    static Result<Wrapped> decode(const std::string& text) {
        return from_json<Inner>(text).transform([](Inner inner) { return Wrapped(inner.value); });
    }
};

namespace {

struct Deposited {
    std::string account;
    std::int64_t cents = 0;
};

struct DepositedV2 {
    static constexpr std::string_view type = "deposited.v2";
    std::optional<Money> money;
    std::vector<Money> parts;
};

struct Changed {
    std::string type;
};

varve::Event stored(std::string_view data) {
    varve::Event event{};
    event.position = varve::Position(17);
    event.stream = "account-a1";
    event.type = "Deposited";
    event.data = data;
    return event;
}

static_assert(varve::event_type<Deposited>() == "Deposited");
static_assert(varve::event_type<DepositedV2>() == "deposited.v2");
static_assert(varve::event_type<Changed>() == "Changed");  // its `type` is a field, no name

TEST(Codec, EventsComeBack) {
    const std::string data = varve::encode_event(Deposited{"a1", 500}).value();
    EXPECT_EQ(data, R"({"account":"a1","cents":500})");
    EXPECT_EQ(varve::decode_event<Deposited>(stored(data)).value().cents, 500);
}

TEST(Codec, ErrorsNameTypeAndPosition) {
    const auto decoded = varve::decode_event<Deposited>(stored(R"({"account":"a1"})"));
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().message,
              "event 'Deposited' at position 17 of stream 'account-a1' does not fit 'Deposited': Deposited.cents: this "
              "field is missing; if its shape has changed, give it a varve::codec that reads both (varve/codec.hpp)");
    EXPECT_EQ(varve::encode_event(Deposited{"\xff", 1}).error().message,
              "event 'Deposited' cannot be stored: Deposited.account: this text is not UTF-8");
}

TEST(Codec, ATypeWithInvariantsSaysHowItIsStored) {
    const DepositedV2 event{Money::of(5).value(), {Money::of(2).value(), Money::of(3).value()}};
    const std::string data = varve::encode_event(event).value();
    EXPECT_EQ(data, R"({"money":5,"parts":[2,3]})");
    EXPECT_EQ(varve::decode_event<DepositedV2>(stored(data)).value().parts, event.parts);
    EXPECT_EQ(varve::from_json<DepositedV2>(R"({"parts":[1,-2]})").error().message,
              "DepositedV2.parts[1]: money cannot be negative");
    EXPECT_EQ(varve::from_json<Money>("7").value(), Money::of(7).value());
    EXPECT_EQ(varve::from_json<Money>("true").error().message, "Money: expected an integer, found true or false");
}

TEST(Codec, ACodecMayReadJsonItself) {
    struct Pair {
        Wrapped first;
        std::string between;
        Wrapped second;
    };
    const std::string text = varve::to_json(Pair{Wrapped(1), "b", Wrapped(2)}).value();
    const auto pair = varve::from_json<Pair>(text);
    ASSERT_TRUE(pair.ok()) << pair.error();
    EXPECT_EQ(pair->first.value, 1);
    EXPECT_EQ(pair->between, "b");
    EXPECT_EQ(pair->second.value, 2);
}

}  // namespace
