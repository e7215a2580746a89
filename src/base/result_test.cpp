#include "varve/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>

namespace {

using varve::Code;
using varve::Error;
using varve::Result;

Error missing() {
    return {.code = Code::not_found, .message = "no stream 'a'"};
}

Result<int> half(int number) {
    if (number % 2 != 0) return Error{.code = Code::invalid_argument, .message = "odd"};
    return number / 2;
}

TEST(Result, HoldsAValueOrAnError) {
    const Result<int> good = 4;
    EXPECT_TRUE(good.ok());
    EXPECT_EQ(*good, 4);
    const Result<int> bad = missing();
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Code::not_found);
    EXPECT_TRUE(Result<>().ok());
    EXPECT_FALSE(Result<>(missing()).ok());
}

TEST(Result, ValueThrowsFailureOnAnError) {
    EXPECT_EQ(Result<std::string>("text").value(), "text");
    try {
        static_cast<void>(Result<int>(missing()).value());
        FAIL() << "value() must throw";
    } catch (const varve::Failure& failure) {
        EXPECT_EQ(failure.error().code, Code::not_found);
        EXPECT_STREQ(failure.what(), "not_found: no stream 'a'");
    }
    EXPECT_THROW(Result<>(missing()).value(), varve::Failure);
    EXPECT_NO_THROW(Result<>().value());
}

TEST(Result, CarriesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>> owned = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = std::move(owned).value();
    EXPECT_EQ(*taken, 3);
}

TEST(Result, EveryAssignmentEndsWithExactlyOneOfBoth) {
    const auto counted = std::make_shared<int>(0);
    const Result<std::shared_ptr<int>> good = counted;
    const Result<std::shared_ptr<int>> bad = missing();
    for (const bool from_good : {true, false}) {
        for (const bool to_good : {true, false}) {
            Result<std::shared_ptr<int>> target = to_good ? good : bad;
            target = from_good ? good : bad;
            EXPECT_EQ(target.ok(), from_good);
            EXPECT_EQ(counted.use_count(), from_good ? 3 : 2);
            EXPECT_EQ(from_good ? "" : target.error().message, from_good ? "" : "no stream 'a'");
            const Result<std::shared_ptr<int>>& itself = target;
            target = itself;
            EXPECT_EQ(target.ok(), from_good);
        }
    }
    EXPECT_EQ(counted.use_count(), 2) << "a value was lost or kept";
}

TEST(Result, MovedFromStaysWhatItWas) {
    Result<std::unique_ptr<int>> good = std::make_unique<int>(1);
    Result<std::unique_ptr<int>> bad = missing();
    const Result<std::unique_ptr<int>> taken = std::move(good);
    const Result<std::unique_ptr<int>> refused = std::move(bad);
    EXPECT_TRUE(taken.ok());
    EXPECT_EQ(refused.error().code, Code::not_found);
    EXPECT_TRUE(good.ok());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move): the promise under test
    EXPECT_FALSE(bad.ok());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
}

TEST(Result, AndThenStopsAtTheFirstError) {
    EXPECT_EQ(half(8).and_then(half).and_then(half).value(), 1);
    int calls = 0;
    const auto stopped = half(6).and_then(half).and_then([&](int number) {
        ++calls;
        return half(number);
    });
    EXPECT_EQ(stopped.error().message, "odd");
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(Result<>().and_then([] { return Result<int>(7); }).value(), 7);
    EXPECT_FALSE(Result<>(missing()).and_then([] { return Result<int>(7); }).ok());
}

TEST(Result, TransformWrapsTheAnswer) {
    EXPECT_EQ(half(8).transform([](int number) { return std::to_string(number); }).value(), "4");
    EXPECT_FALSE(half(7).transform([](int number) { return number; }).ok());
    int seen = 0;
    EXPECT_TRUE(half(8).transform([&](int number) { seen = number; }).ok());
    EXPECT_EQ(seen, 4);
    EXPECT_EQ(Result<>().transform([] { return 5; }).value(), 5);
}

TEST(Result, OrElseMendsAnError) {
    EXPECT_EQ(half(7).or_else([](const Error&) { return Result<int>(0); }).value(), 0);
    EXPECT_EQ(half(8).or_else([](const Error&) { return Result<int>(0); }).value(), 4);
    EXPECT_EQ(half(7).value_or(9), 9);
    EXPECT_EQ(half(8).value_or(9), 4);
}

TEST(Result, WithinSaysWhere) {
    EXPECT_EQ(half(7).within("line 3").error().message, "line 3: odd");
    EXPECT_EQ(half(8).within("line 3").value(), 4);
}

TEST(Result, Prints) {
    EXPECT_EQ(testing::PrintToString(Result<int>(4)), "4");
    EXPECT_EQ(testing::PrintToString(Result<int>(missing())), "not_found: no stream 'a'");
    EXPECT_EQ(testing::PrintToString(Result<>()), "ok");
    EXPECT_EQ(
        (Error{.code = Code::failed_precondition, .message = "too little", .reason = "account.funds"}).to_string(),
        "failed_precondition [account.funds]: too little");
    EXPECT_EQ((Error{.code = Code::aborted, .message = ""}).to_string(), "aborted");
}

TEST(Code, NamesAreGrpcs) {
    EXPECT_EQ(varve::to_string(Code::cancelled), "cancelled");
    EXPECT_EQ(varve::to_string(Code::data_loss), "data_loss");
    EXPECT_EQ(varve::to_string(Code::unauthenticated), "unauthenticated");
    EXPECT_EQ(varve::to_string(static_cast<Code>(99)), "unknown");
}

}  // namespace
