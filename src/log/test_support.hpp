/// What the tests of this room share: environments, and blocks made of small events.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/environment.hpp"
#include "io/memory_files.hpp"
#include "io/simulated.hpp"
#include "log/record.hpp"
#include "log/segment_log.hpp"

namespace varve::log {

/// Nothing real: files in memory, a clock that stands, background work only when asked for.
struct SimulatedWorld {
    std::shared_ptr<io::Files> files = io::memory_files();
    std::shared_ptr<io::ManualClock> clock = std::make_shared<io::ManualClock>();
    std::shared_ptr<io::ManualExecutor> executor = std::make_shared<io::ManualExecutor>();
    std::shared_ptr<io::Random> random = std::make_shared<io::SeededRandom>(1);

    [[nodiscard]] io::Environment environment() const {
        return {.files = files, .clock = clock, .random = random, .executor = executor};
    }
};

/// A folder of the real file system, gone with the object.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-log-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const io::Path& path() const { return path_; }

private:
    io::Path path_;
};

/// The data of the event at a position: tells which event it is, and is of a length of its own.
inline std::string data_of(Position position) {
    return "event " + std::to_string(position.value) + std::string(position.value % 37, '.');
}

/// A block of `commits` commits of `events` events each, to follow the log's head.
struct TestBlock {
    std::string payload;
    Block block;
};
inline TestBlock next_block(const SegmentLog& log, Timestamp time, std::uint32_t commits = 1,
                            std::uint32_t events = 1) {
    const Head head = log.head();
    TestBlock made;
    Position position = head.next;
    for (std::uint32_t c = 0; c < commits; ++c) {
        Commit commit;
        for (std::uint32_t e = 0; e < events; ++e) {
            NewEvent event{.stream = "test-" + std::to_string(c), .type = "Tested", .data = data_of(position + e)};
            event.id.bytes[15] = 1;
            commit.events.push_back(std::move(event));
        }
        EncodedCommit encoded = encode(commit);
        for (const std::uint32_t record : encoded.records) {
            const auto place = static_cast<std::uint32_t>(frame_header_bytes + made.payload.size() + record);
            stamp(encoded.bytes.data() + record, position, Revision{position.value}, place);
            ++position;
        }
        made.payload += encoded.bytes;
    }
    made.block = make_block(head, log.epoch(), std::max(time, head.time), commits * events, commits, made.payload);
    return made;
}

inline Result<> append(SegmentLog& log, Timestamp time, std::uint32_t commits = 1, std::uint32_t events = 1) {
    const TestBlock made = next_block(log, time, commits, events);
    return log.compare_and_append(made.block);
}

/// Every event that the log shows is the one that was written there, and all blocks can be read in order.
inline void expect_sound(SegmentLog& log) {
    EventReader reader(log);
    const Head head = log.head();
    for (Position position; position < head.next; ++position) {
        const auto event = reader.at(position);
        ASSERT_TRUE(event.ok()) << event.error();
        EXPECT_EQ((*event)->position, position);
        EXPECT_EQ((*event)->data, data_of(position));
    }
    auto blocks = log.read(0);
    ASSERT_TRUE(blocks.ok()) << blocks.error();
    Head walked;
    for (;;) {
        const auto block = (*blocks)->next();
        ASSERT_TRUE(block.ok()) << block.error();
        if (*block == nullptr) break;
        EXPECT_EQ((*block)->previous_chain, walked.chain);
        walked = (*block)->head_after();
    }
    EXPECT_EQ(walked, head);
}

}  // namespace varve::log
