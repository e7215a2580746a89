#include "cli/command_test.hpp"

namespace command {
namespace {

class Streams : public CommandTest {};

TEST_F(Streams, ListsNamesCountsAndLastPositions) {
    fill();
    EXPECT_EQ(succeed({"streams", store()}),
              "stream      events  last position\n"
              "account-a1       3              3\n"
              "order-7          1              2\n");
    EXPECT_EQ(succeed({"streams", store(), "--json"}),
              R"({"name":"account-a1","events":3,"firstRevision":0,"lastRevision":2,"lastPosition":3})"
              "\n"
              R"({"name":"order-7","events":1,"firstRevision":0,"lastRevision":0,"lastPosition":2})"
              "\n");
}

TEST_F(Streams, ListsAPage) {
    std::string lines;
    for (int i = 1000; i < 3500; ++i)
        lines += R"({"stream":"s-)" + std::to_string(i) +
                 R"(","type":"T","data":1})"
                 "\n";
    succeed({"import", store(), "-", "--durability", "buffered"}, lines + R"({"stream":"t-1","type":"T","data":1})");
    const auto names = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"streams", store(), "--json"});
        std::vector<std::string> found;
        for (const std::string& line : lines_of(succeed(words))) found.push_back(text_of(parsed(line), "name"));
        return found;
    };
    EXPECT_EQ(names({}).size(), 2501U);
    EXPECT_EQ(names({"--prefix", "t-"}), (std::vector<std::string>{"t-1"}));
    EXPECT_EQ(names({"--after", "s-3498"}), (std::vector<std::string>{"s-3499", "t-1"}));
    EXPECT_EQ(names({"--prefix", "s-", "--after", "s-1000", "--limit", "2"}),
              (std::vector<std::string>{"s-1001", "s-1002"}));
    EXPECT_EQ(names({"--limit", "1500"}).size(), 1500U);
    EXPECT_EQ(names({"--prefix", "nothing"}).size(), 0U);
}

}  // namespace
}  // namespace command
