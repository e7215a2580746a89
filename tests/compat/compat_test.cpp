/// Files of every released format stay readable. `format-N` is a store folder as that format's first release wrote
/// it, never to be changed; golden_events() is what it holds. When a format is new, write its folder with
/// VARVE_WRITE_GOLDEN=1 in the environment, look at it, and commit it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "io/memory_files.hpp"
#include "io/simulated.hpp"
#include "log/compaction.hpp"
#include "log/digest.hpp"
#include "log/record.hpp"
#include "log/segment_header.hpp"
#include "log/segment_log.hpp"
#include "log/verify.hpp"

namespace varve {
namespace {

namespace fs = std::filesystem;

const fs::path golden = fs::path(VARVE_SOURCE_ROOT) / "tests/compat/format-1";
/// The same store after a compaction: its segments are of format 2.
const fs::path compacted = fs::path(VARVE_SOURCE_ROOT) / "tests/compat/format-2";
/// Another store, large enough for a dictionary, with a packed segment and one behind it.
const fs::path packed = fs::path(VARVE_SOURCE_ROOT) / "tests/compat/format-3";
constexpr std::string_view golden_digest = "7:b8d84d531ceab43b4846dc305254066c";

/// The blocks of the golden store: each a list of commits.
std::vector<std::vector<Commit>> golden_blocks() {
    const auto id = [](std::uint8_t last) {
        EventId each;
        each.bytes = {0x0f, 0x8f, 0xad, 0x5b, 0xd9, 0xcb, 0x46, 0x9f, 0xa1, 0x65, 0x70, 0x86, 0x77, 0x28, 0x95, last};
        return each;
    };
    Commit opened{.events = {{.stream = "account-a1",
                              .type = "Opened",
                              .data = R"({"owner":"anna"})",
                              .metadata = R"({"by":"web"})",
                              .tags = {"account:a1", "owner:anna"},
                              .id = id(1)}}};
    Commit paid{.events = {{.stream = "account-a1", .type = "Deposited", .data = R"({"cents":500})", .id = id(2)},
                           {.stream = "account-a1", .type = "Withdrawn", .data = R"({"cents":200})", .id = id(3)}}};
    Commit odd{
        .events = {{.stream = "photo-\xc3\xa9t\xc3\xa9",
                    .type = "Taken",
                    .data = std::string("\x89PNG\0\1\2", 7),
                    .content_type = "image/png",
                    .id = id(4)},
                   {.stream = "photo-1", .type = "Shrunk", .content_type = std::string(octet_content), .id = id(5)}}};
    Commit large{.events = {{.stream = "note-1", .type = "Written", .data = std::string(5000, 'n'), .id = id(6)}}};
    return {{opened}, {paid, odd}, {large}, {opened}};
}

/// Revisions in the order of the events above.
constexpr std::uint64_t golden_revisions[] = {0, 1, 2, 0, 0, 0, 3};

std::vector<NewEvent> golden_events() {
    std::vector<NewEvent> events;
    for (const auto& block : golden_blocks()) {
        for (const Commit& commit : block) events.insert(events.end(), commit.events.begin(), commit.events.end());
    }
    return events;
}

Timestamp time_of_block(std::uint64_t sequence) {
    return Timestamp(std::chrono::seconds(1'700'000'000 + sequence));
}

std::string bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A world in which the golden store always comes out the same.
struct World {
    std::shared_ptr<io::Files> files = io::memory_files();
    std::shared_ptr<io::ManualExecutor> executor = std::make_shared<io::ManualExecutor>();

    Result<std::shared_ptr<log::SegmentLog>> open(std::uint64_t segment_bytes = 8 << 10) {
        return log::SegmentLog::open({.files = files,
                                      .clock = std::make_shared<io::ManualClock>(),
                                      .random = std::make_shared<io::SeededRandom>(1),
                                      .executor = executor},
                                     {.folder = "store", .segment_bytes = segment_bytes});
    }
    void put(const std::string& name, const std::string& bytes) {
        ASSERT_TRUE(files->create_directories("store").ok());
        ASSERT_TRUE(files->open(io::Path("store") / name, io::OpenMode::create_new).value()->write(0, bytes).ok());
    }
    void put_all(const fs::path& from) {
        for (const auto& entry : fs::directory_iterator(from))
            put(entry.path().filename().string(), bytes_of(entry.path()));
    }
    void put_golden() { put_all(golden); }
    std::map<std::string, std::string> contents() {
        std::map<std::string, std::string> all;
        for (const std::string& name : files->list("store").value()) {
            if (name == "LOCK") continue;
            const auto file = files->open(io::Path("store") / name, io::OpenMode::read).value();
            std::string bytes(file->size().value(), '\0');
            EXPECT_TRUE(file->read(0, bytes).ok());
            all[name] = bytes;
        }
        return all;
    }
};

void write_store(World& world) {
    const auto log = world.open();
    ASSERT_TRUE(log.ok()) << log.error();
    std::size_t event = 0;
    for (const auto& commits : golden_blocks()) {
        const log::Head head = (*log)->head();
        std::string payload;
        std::uint32_t events = 0;
        for (const Commit& commit : commits) {
            log::EncodedCommit encoded = log::encode(commit);
            for (const std::uint32_t record : encoded.records) {
                log::stamp(encoded.bytes.data() + record, head.next + events++, Revision{golden_revisions[event++]},
                           static_cast<std::uint32_t>(log::frame_header_bytes + payload.size() + record));
            }
            payload += encoded.bytes;
        }
        const auto block = log::make_block(head, (*log)->epoch(), time_of_block(head.sequence), events,
                                           static_cast<std::uint32_t>(commits.size()), payload);
        ASSERT_TRUE((*log)->compare_and_append(block).ok());
        world.executor->run_woken();
    }
    ASSERT_TRUE((*log)->close().ok());
}

void expect_event(const Event& event, const NewEvent& written) {
    const NewEvent found = to_new_event(event);
    EXPECT_EQ(found.stream, written.stream);
    EXPECT_EQ(found.type, written.type);
    EXPECT_EQ(found.data, written.data);
    EXPECT_EQ(found.metadata, written.metadata);
    EXPECT_EQ(found.tags, written.tags);
    EXPECT_EQ(found.content_type, written.content_type);
    EXPECT_EQ(found.id, written.id);
}

TEST(Format1, opens_and_gives_every_event_back) {
    World world;
    world.put_golden();
    const auto log = world.open();
    ASSERT_TRUE(log.ok()) << log.error();
    const std::vector<NewEvent> events = golden_events();
    ASSERT_EQ((*log)->head().next, Position{events.size()});
    EXPECT_EQ((*log)->commits(), 5U);
    EXPECT_EQ((*log)->segments().size(), 3U);
    log::EventReader reader(**log);
    for (std::uint64_t i = 0; i < events.size(); ++i) {
        const auto event = reader.at(Position{i});
        ASSERT_TRUE(event.ok()) << event.error();
        expect_event(**event, events[i]);
        EXPECT_EQ((*event)->revision, Revision{golden_revisions[i]});
        EXPECT_EQ((*event)->created, time_of_block((*log)->sequence_of(Position{i}).value()));
    }
}

TEST(Format1, verifies_with_its_digest) {
    World world;
    world.put_golden();
    const auto report = log::verify(*world.files, "store");
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_TRUE(report->findings.empty());
    EXPECT_EQ(report->digest, golden_digest);
}

/// What the world holds is, byte for byte, what lies in the folder.
void expect_written(World& world, const fs::path& folder) {
    const auto written = world.contents();
    if (std::getenv("VARVE_WRITE_GOLDEN") != nullptr) {
        fs::create_directories(folder);
        for (const auto& [name, bytes] : written) std::ofstream(folder / name, std::ios::binary) << bytes;
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        ASSERT_TRUE(written.contains(name)) << name;
        EXPECT_EQ(written.at(name) == bytes_of(entry.path()), true) << name << " is written differently now";
    }
}

TEST(Format1, is_still_what_we_write) {
    World world;
    write_store(world);
    expect_written(world, golden);
}

TEST(Format1, can_be_appended_to) {
    World world;
    world.put_golden();
    {
        const auto log = world.open();
        ASSERT_TRUE(log.ok());
        log::EncodedCommit encoded = log::encode(golden_blocks()[0][0]);
        log::stamp(encoded.bytes.data() + encoded.records[0], (*log)->head().next, Revision{4},
                   log::frame_header_bytes + encoded.records[0]);
        const auto block = log::make_block((*log)->head(), (*log)->epoch(), time_of_block(9), 1, 1, encoded.bytes);
        ASSERT_TRUE((*log)->compare_and_append(block).ok());
        ASSERT_TRUE((*log)->close().ok());
    }
    EXPECT_EQ((*world.open())->head().next, Position{golden_events().size() + 1});
}

/// What the compaction of the golden store left of each event.
constexpr log::Leave golden_leave[] = {log::Leave::nothing, log::Leave::all,     log::Leave::nothing, log::Leave::all,
                                       log::Leave::place,   log::Leave::nothing, log::Leave::all};

TEST(Format2, gives_back_what_a_compaction_left) {
    World world;
    world.put_all(compacted);
    const auto log = world.open();
    ASSERT_TRUE(log.ok()) << log.error();
    const std::vector<NewEvent> events = golden_events();
    ASSERT_EQ((*log)->head().next, Position{events.size()});
    log::EventReader reader(**log);
    for (std::uint64_t i = 0; i < events.size(); ++i) {
        const auto event = reader.at(Position{i});
        ASSERT_TRUE(event.ok()) << event.error();
        ASSERT_EQ(*event != nullptr, golden_leave[i] == log::Leave::all) << i;
        if (*event == nullptr) continue;
        expect_event(**event, events[i]);
        EXPECT_EQ((*event)->revision, Revision{golden_revisions[i]});
    }
}

TEST(Format2, has_the_digest_of_what_was_written) {
    World world;
    world.put_all(compacted);
    const auto report = log::verify(*world.files, "store", {.expect = {std::string(golden_digest)}, .watch = {}});
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_TRUE(report->findings.empty());
    EXPECT_EQ(report->removed, 4U);
}

TEST(Format2, is_still_what_we_write) {
    World world;
    write_store(world);
    {
        const auto log = world.open();
        ASSERT_TRUE(log.ok());
        const auto judge = [](const Event& event) -> Result<log::Leave> { return golden_leave[event.position.value]; };
        ASSERT_TRUE((*log)->compact({.end = (*log)->head().next, .judge = judge}).ok());
        ASSERT_TRUE((*log)->close().ok());
    }
    expect_written(world, compacted);
}

constexpr std::uint64_t packed_events = 500;
constexpr std::uint64_t packed_segment_bytes = 96 << 10;
constexpr std::string_view packed_digest = "501:db92689ec2d1823f03784bfb8f7d5618";

NewEvent packed_event(std::uint64_t number) {
    NewEvent event{.stream = "account-" + std::to_string(number % 7),
                   .type = number % 3 == 0 ? "Withdrawn" : "Deposited",
                   .data = R"({"cents":)" + std::to_string(number * 7919 % 10007) + R"(,"note":"entry )" +
                           std::to_string(number) + R"("})",
                   .metadata = R"({"by":"clerk )" + std::to_string(number % 11) + R"("})",
                   .tags = {"month:" + std::to_string(number % 12)}};
    event.id.bytes[0] = static_cast<std::uint8_t>(number >> 8);
    event.id.bytes[15] = static_cast<std::uint8_t>(number);
    return event;
}

TEST(Format3, gives_every_event_back) {
    World world;
    world.put_all(packed);
    const auto log = world.open();
    ASSERT_TRUE(log.ok()) << log.error();
    ASSERT_EQ((*log)->head().next, Position{packed_events + 1});
    log::EventReader reader(**log);
    for (std::uint64_t i = 0; i <= packed_events; ++i) {
        const auto event = reader.at(Position{i});
        ASSERT_TRUE(event.ok()) << event.error();
        expect_event(**event, packed_event(i));
        EXPECT_EQ((*event)->revision, Revision{i / 7});
    }
    const auto header = log::SegmentHeader::parse(bytes_of(packed / log::segment_name(Position{0})));
    ASSERT_TRUE(header.ok()) << header.error();
    EXPECT_EQ(header->page_bytes, log::page_bytes_min);
}

TEST(Format3, has_the_digest_of_what_was_written) {
    World world;
    world.put_all(packed);
    const auto report = log::verify(*world.files, "store", {.expect = {std::string(packed_digest)}, .watch = {}});
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_TRUE(report->findings.empty()) << report->findings.front().what;
    EXPECT_EQ(report->removed, 0U);
}

/// Other versions of the library compress to other bytes, so these are not compared.
TEST(Format3, is_made_of_a_store_of_format_1) {
    World world;
    const auto log = world.open(packed_segment_bytes);
    ASSERT_TRUE(log.ok()) << log.error();
    for (std::uint64_t i = 0; i <= packed_events; ++i) {
        const log::Head head = (*log)->head();
        log::EncodedCommit encoded = log::encode({.events = {packed_event(i)}});
        log::stamp(encoded.bytes.data() + encoded.records[0], head.next, Revision{i / 7},
                   log::frame_header_bytes + encoded.records[0]);
        const auto block = log::make_block(head, (*log)->epoch(), time_of_block(i), 1, 1, encoded.bytes);
        ASSERT_TRUE((*log)->compare_and_append(block).ok());
        world.executor->run_woken();
    }
    const auto report = (*log)->compact({.end = (*log)->head().next,
                                         .judge = {},
                                         .options = {.compression = Compression::zstd},
                                         .page_bytes = log::page_bytes_min});
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_EQ(report->rewritten, 1U);
    EXPECT_EQ(log::digest_of((*log)->head()), packed_digest);
    ASSERT_TRUE((*log)->close().ok());
    if (std::getenv("VARVE_WRITE_GOLDEN") != nullptr) expect_written(world, packed);
}

}  // namespace
}  // namespace varve
