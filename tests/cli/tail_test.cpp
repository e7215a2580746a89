#include <csignal>

#include "cli/command_test.hpp"

namespace command {
namespace {

class Tail : public CommandTest {
protected:
    /// The data of the next event that a tail prints.
    static std::string next_data(Process& tail) {
        const auto line = tail.line();
        EXPECT_TRUE(line) << tail.err();
        return line ? std::string(parsed(*line).raw("data")) : "nothing came";
    }
    void append(const std::string& stream, const std::string& data) const {
        succeed({"append", store(), stream, "T", data});
    }
};

TEST_F(Tail, ShowsTheLastEventsAndFollows) {
    for (int i = 0; i < 15; ++i) append("s-1", std::to_string(i));
    Process tail(varve({"tail", store(), "--json"}));
    for (int i = 5; i < 15; ++i) EXPECT_EQ(next_data(tail), std::to_string(i));
    append("s-1", "15");
    EXPECT_EQ(next_data(tail), "15");
    append("s-2", "16");
    EXPECT_EQ(next_data(tail), "16");
    tail.signal(SIGINT);
    EXPECT_EQ(tail.wait(), 0) << tail.err();
    EXPECT_EQ(tail.err(), "");
}

TEST_F(Tail, FollowsASelection) {
    append("a-1", "0");
    append("b-1", "1");
    append("a-1", "2");
    Process stream(varve({"tail", store(), "--json", "--stream", "a-1", "-n", "1"}));
    Process category(varve({"tail", store(), "--json", "--category", "b", "--from", "0"}));
    EXPECT_EQ(next_data(stream), "2");
    EXPECT_EQ(next_data(category), "1");
    append("a-2", "3");
    append("b-9", "4");
    append("a-1", "5");
    EXPECT_EQ(next_data(category), "4");
    EXPECT_EQ(next_data(stream), "5");
    stream.signal(SIGTERM);
    category.signal(SIGTERM);
    EXPECT_EQ(stream.wait(), 0);
    EXPECT_EQ(category.wait(), 0);
}

TEST_F(Tail, LimitNoughtShowsOnlyWhatIsNew) {
    append("s", "0");
    Process tail(varve({"tail", store(), "--json", "-n", "0"}));
    // Events until one arrives: the tail may begin after the first of them.
    std::optional<std::string> first;
    for (int i = 1; i < 200 && tail.out().empty(); ++i) {
        append("s", std::to_string(i));
        if (i > 20) first = tail.line();
        if (first) break;
    }
    ASSERT_TRUE(first) << tail.err();
    EXPECT_GE(number_of(parsed(*first), "position"), 1U);
    tail.signal(SIGINT);
    EXPECT_EQ(tail.wait(), 0);
}

TEST_F(Tail, EndsWhenNobodyReadsAnyMore) {
    append("s", "0");
    Process tail(varve({"tail", store(), "--json"}));
    EXPECT_EQ(next_data(tail), "0");
    tail.close_output();
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_EQ(tail.err(), "");
}

}  // namespace
}  // namespace command
