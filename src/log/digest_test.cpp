#include "log/digest.hpp"

#include <algorithm>

#include "log/test_support.hpp"
#include "log/verify.hpp"

namespace varve::log {
namespace {

TEST(Digest, reads_what_it_writes_and_nothing_else) {
    Head head;
    head.next = Position{7};
    head.chain.bytes[0] = 0xab;
    const std::string text = digest_of(head);
    EXPECT_EQ(text, "7:ab000000000000000000000000000000");
    const auto digest = parse_digest(text);
    ASSERT_TRUE(digest);
    EXPECT_EQ(digest->position, Position{7});
    EXPECT_EQ(digest->chain, head.chain);
    for (const char* wrong : {"", ":", "7", "7:ab", ":ab000000000000000000000000000000",
                              "x:ab000000000000000000000000000000", "7:zz000000000000000000000000000000",
                              "7:ab0000000000000000000000000000000", "-1:ab000000000000000000000000000000"}) {
        EXPECT_FALSE(parse_digest(wrong)) << wrong;
    }
}

/// Stores in which the event at one position may say something else, everything else being the same: what somebody
/// leaves who rewrites history and computes every checksum anew.
class RewrittenHistory : public testing::Test {
protected:
    VerifyReport verified(const std::string& folder, std::vector<std::string> expect = {}) {
        auto report = verify(*world_.files, folder, {.expect = std::move(expect)});
        EXPECT_TRUE(report.ok()) << report.error();
        return report.ok() ? *report : VerifyReport{};
    }
    void write(const std::string& folder, int blocks, std::optional<Position> changed = {}) {
        auto log = SegmentLog::open(world_.environment(), {.folder = folder, .segment_bytes = 8 << 10});
        ASSERT_TRUE(log.ok()) << log.error();
        for (int i = 0; i < blocks; ++i) {
            const Head head = (*log)->head();
            Commit commit;
            for (std::uint64_t e = 0; e < 4; ++e) {
                const Position position = head.next + e;
                std::string data = std::string(500, position == changed ? '!' : '.');
                commit.events.push_back({.stream = "s", .type = "T", .data = std::move(data)});
                commit.events.back().id.bytes[0] = 1;
            }
            EncodedCommit encoded = encode(commit);
            for (std::size_t e = 0; e < 4; ++e) {
                stamp(encoded.bytes.data() + encoded.records[e], head.next + e, Revision{head.next.value + e},
                      frame_header_bytes + encoded.records[e]);
            }
            const Block block =
                make_block(head, (*log)->epoch(), Timestamp(std::chrono::seconds(i)), 4, 1, encoded.bytes);
            ASSERT_TRUE((*log)->compare_and_append(block).ok());
        }
        ASSERT_TRUE((*log)->close().ok());
    }
    void damage(const io::Path& file) {
        io::Files& files = *world_.files;
        std::string bytes(1 << 20, '\0');
        bytes.resize(files.open(file, io::OpenMode::read).value()->read(0, bytes).value());
        bytes[bytes.size() / 2] ^= 1;
        ASSERT_TRUE(files.remove(file).ok());
        ASSERT_TRUE(files.open(file, io::OpenMode::create_new).value()->write(0, bytes).ok());
        ASSERT_TRUE(files.set_read_only(file).ok());
    }
    static std::vector<std::string> digests(const VerifyReport& report) {
        std::vector<std::string> all;
        all.reserve(report.segment_digests.size());
        for (const SegmentDigest& segment : report.segment_digests) all.push_back(segment.digest);
        return all;
    }
    static const Finding& only_change(const VerifyReport& report) {
        EXPECT_FALSE(report.damaged());
        EXPECT_TRUE(report.changed());
        EXPECT_EQ(report.findings.size(), 1U);
        return report.findings.at(0);
    }

    SimulatedWorld world_;
};

TEST_F(RewrittenHistory, is_whole_and_told_by_a_digest) {
    write("right", 12);
    write("wrong", 12, Position{17});
    const std::string digest = verified("right").digest;
    EXPECT_TRUE(verified("wrong").findings.empty());
    EXPECT_EQ(verified("right", {digest}).unchanged_up_to, Position{48});

    const VerifyReport report = verified("wrong", {digest});
    const Finding& finding = only_change(report);
    EXPECT_EQ(report.unchanged_up_to, Position{0});
    EXPECT_EQ(finding.first, Position{0});
    EXPECT_EQ(finding.last, Position{47});
    EXPECT_NE(finding.what.find("--digests"), std::string::npos) << finding.what;
}

TEST_F(RewrittenHistory, names_the_first_segment_that_differs) {
    write("right", 12);
    write("wrong", 12, Position{17});
    const VerifyReport right = verified("right");
    ASSERT_GT(right.segment_digests.size(), 4U);
    EXPECT_EQ(right.segment_digests.back().digest, right.digest);
    const VerifyReport report = verified("wrong", digests(right));
    const Finding& finding = only_change(report);
    const auto holds = [](const SegmentDigest& each) { return each.first <= Position{17} && each.next > Position{17}; };
    const SegmentDigest& segment = *std::ranges::find_if(right.segment_digests, holds);
    EXPECT_EQ(finding.file, segment.file);
    EXPECT_EQ(finding.first, segment.first);
    EXPECT_EQ(finding.last, segment.next - 1);
    EXPECT_EQ(report.unchanged_up_to, segment.first);
}

TEST_F(RewrittenHistory, says_nothing_of_what_came_after_the_digest) {
    write("right", 5);
    write("longer", 12);
    write("changed later", 12, Position{20});
    const std::string digest = verified("right").digest;
    EXPECT_FALSE(verified("longer", {digest}).changed());
    EXPECT_FALSE(verified("changed later", {digest}).changed());
    EXPECT_EQ(verified("longer", {digest}).unchanged_up_to, Position{20});
}

TEST_F(RewrittenHistory, may_be_too_short) {
    write("right", 5);
    write("shorter", 3);
    const VerifyReport right = verified("right");
    EXPECT_EQ(only_change(verified("shorter", {right.digest})).last, Position{19});
    const VerifyReport report = verified("shorter", {verified("shorter").digest, right.digest});
    const Finding& finding = only_change(report);
    EXPECT_EQ(report.unchanged_up_to, Position{12});
    EXPECT_NE(finding.what.find("the store ends at position 12"), std::string::npos) << finding.what;
    EXPECT_EQ(finding.first, Position{12});
}

TEST_F(RewrittenHistory, may_be_too_short_for_the_first_digest) {
    write("right", 5);
    write("shorter", 3);
    const VerifyReport report = verified("shorter", {verified("right").digest});
    EXPECT_EQ(report.unchanged_up_to, Position{0});
    const std::string& what = only_change(report).what;
    EXPECT_NE(what.find("the store ends at position 12"), std::string::npos) << what;
    EXPECT_NE(what.find("events 0 to 11 are what they were cannot be told"), std::string::npos) << what;
}

TEST_F(RewrittenHistory, is_not_proved_beyond_damage) {
    write("store", 12);
    const std::string early = verified("store").segment_digests.at(1).digest;
    const std::string late = verified("store").digest;
    damage("store/" + verified("store").segment_digests.at(3).file);
    const VerifyReport report = verified("store", {early, late});
    EXPECT_TRUE(report.damaged());
    EXPECT_FALSE(report.changed());
    EXPECT_EQ(report.unchanged_up_to, parse_digest(early)->position);
}

TEST_F(RewrittenHistory, may_have_its_blocks_elsewhere) {
    write("right", 5);
    std::string digest = verified("right").digest;
    digest.replace(0, digest.find(':'), "18");
    const VerifyReport report = verified("right", {digest});
    EXPECT_NE(only_change(report).what.find("no block of commits ends there"), std::string::npos);
}

TEST_F(RewrittenHistory, is_not_asked_about_with_something_else) {
    write("right", 1);
    const auto report = verify(*world_.files, "right", {.expect = {"today"}});
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, Code::invalid_argument);
    EXPECT_NE(report.error().message.find("'today'"), std::string::npos);
}

TEST_F(RewrittenHistory, is_looked_for_until_somebody_says_stop) {
    write("right", 200);  // few blocks, of 2 KiB each
    const auto report = verify(*world_.files, "right", {.watch = {.stop = [] { return true; }}});
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().code, Code::cancelled);
}

}  // namespace
}  // namespace varve::log
