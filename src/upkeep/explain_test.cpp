#include "upkeep/explain.hpp"

#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

class ExplainTest : public UpkeepTest {
protected:
    Explanation explained(std::uint64_t position) {
        auto explanation = upkeep::explain(*files_, "store", Position{position});
        EXPECT_TRUE(explanation.ok()) << explanation.error();
        return explanation.ok() ? *explanation : Explanation{};
    }
    static const ExplainedBytes& field(const Explanation& explanation, std::string_view part, std::string_view name) {
        const auto found = std::ranges::find_if(
            explanation.fields, [&](const ExplainedBytes& each) { return each.part == part && each.field == name; });
        EXPECT_NE(found, explanation.fields.end()) << part << " " << name;
        return found == explanation.fields.end() ? explanation.fields.front() : *found;
    }
    void flip(const Explanation& of, std::uint64_t byte) { files_->flip_bit("store/" + of.file, 8 * byte); }
    static bool says(const Explanation& explanation, std::string_view words) {
        return std::ranges::any_of(explanation.wrong,
                                   [&](const std::string& wrong) { return wrong.find(words) != std::string::npos; });
    }
};

TEST_F(ExplainTest, shows_every_event_of_every_segment) {
    fill("store", 20);
    for (std::uint64_t position = 0; position < 80; ++position) {
        const Explanation explanation = explained(position);
        EXPECT_TRUE(explanation.wrong.empty()) << explanation.wrong.at(0);
        EXPECT_EQ(field(explanation, "record", "data").meaning, log::data_of(Position{position}));
        EXPECT_EQ(field(explanation, "record", "revision").meaning, std::to_string(position));
        EXPECT_EQ(field(explanation, "frame", "position of its first event").meaning, std::to_string(position / 4 * 4));
    }
    const auto beyond = upkeep::explain(*files_, "store", Position{80});
    ASSERT_FALSE(beyond.ok());
    EXPECT_EQ(beyond.error().code, Code::out_of_range);
    EXPECT_EQ(upkeep::explain(*files_, "none", Position{0}).error().code, Code::not_found);
}

TEST_F(ExplainTest, leaves_no_byte_of_the_frame_header_and_the_record_out) {
    fill("store", 3);
    const Explanation explanation = explained(5);
    for (const std::string_view part : {"frame", "record"}) {
        std::uint64_t at = 0;
        for (const ExplainedBytes& each : explanation.fields) {
            if (each.part != part) continue;
            if (at != 0) {
                EXPECT_EQ(each.offset, at) << part << " " << each.field;
            }
            at = each.offset + each.bytes;
        }
        EXPECT_GT(at, 0U);
    }
}

TEST_F(ExplainTest, names_the_check_that_fails_wherever_a_bit_has_turned) {
    fill("store", 12);
    const Explanation whole = explained(5);
    struct Case {
        std::string_view part, field, words;
    };
    for (const Case& each :
         {Case{"record", "data", "record's checksum"}, Case{"record", "data", "payload does not fit"},
          Case{"record", "checksum", "record's checksum"}, Case{"record", "revision", "checksum"},
          Case{"record", "length", "impossible length"}, Case{"commit", "length", "impossible length"},
          Case{"commit", "events", ""}, Case{"frame", "length", "frame header's checksum"},
          Case{"frame", "sequence of the block", "frame header's checksum"},
          Case{"frame", "hash of the payload", "frame header's checksum"},
          Case{"trailer", "end magic", "trailer does not repeat"}, Case{"segment", "salt", "segment header's checksum"},
          Case{"segment", "magic", "does not begin as one"}}) {
        SCOPED_TRACE(std::string(each.part) + " " + std::string(each.field));
        const std::uint64_t byte = field(whole, each.part, each.field).offset;
        flip(whole, byte);
        const Explanation damaged = explained(5);
        EXPECT_FALSE(damaged.wrong.empty());
        EXPECT_TRUE(says(damaged, each.words)) << testing::PrintToString(damaged.wrong);
        flip(whole, byte);
    }
    EXPECT_TRUE(explained(5).wrong.empty());
}

TEST_F(ExplainTest, finds_its_event_behind_and_inside_damage) {
    fill("store", 12);
    const Explanation first = explained(0);
    flip(first, field(first, "frame", "sequence of the block").offset);
    EXPECT_TRUE(explained(8).wrong.empty());
    // The segment is sealed: its footer still tells where the records lie.
    const Explanation damaged = explained(1);
    EXPECT_TRUE(says(damaged, "none of its fields can be relied on"));
    EXPECT_EQ(field(damaged, "record", "data").meaning, log::data_of(Position{1}));
}

TEST_F(ExplainTest, survives_any_byte) {
    fill("store", 12);
    const Explanation whole = explained(5);
    const std::uint64_t begin = field(whole, "frame", "length").offset;
    const std::uint64_t end = field(whole, "trailer", "end magic").offset + 4;
    for (std::uint64_t byte = begin; byte < end; ++byte) {
        for (const int bit : {0, 7}) {
            files_->flip_bit("store/" + whole.file, 8 * byte + static_cast<std::uint64_t>(bit));
            const auto damaged = upkeep::explain(*files_, "store", Position{5});
            EXPECT_TRUE(!damaged.ok() || !damaged->wrong.empty()) << "byte " << byte;
            files_->flip_bit("store/" + whole.file, 8 * byte + static_cast<std::uint64_t>(bit));
        }
    }
}

}  // namespace
}  // namespace varve::upkeep
