/// What the tests of compaction share: a world that knows every event, and what a log in it must read as.
#pragma once

#include <algorithm>
#include <random>

#include "io/faulty_files.hpp"
#include "log/compaction.hpp"
#include "log/segment_header.hpp"
#include "log/test_support.hpp"

namespace varve::log {

/// What is known of an event without asking the log.
struct KnownEvent {
    std::string data;
    Timestamp time{};
    std::uint64_t sequence = 0;
    Leave leave = Leave::all;
};

struct CompactionWorld {
    explicit CompactionWorld(std::uint64_t seed = 1)
        : files(std::make_shared<io::FaultyFiles>(seed)), random(std::make_shared<io::SeededRandom>(seed)) {}

    [[nodiscard]] io::Environment environment() const {
        return {.files = files, .clock = clock, .random = random, .executor = executor};
    }
    [[nodiscard]] Result<std::shared_ptr<SegmentLog>> open(bool read_only = false) const {
        SegmentLogOptions options{.folder = "store", .segment_bytes = 8 << 10};
        options.read_only = read_only;
        return SegmentLog::open(environment(), options);
    }
    /// Appends, and remembers what.
    void append_to(SegmentLog& log, std::uint32_t commits, std::uint32_t events) {
        const Timestamp time(std::chrono::seconds(log.head().sequence));
        const Head before = log.head();
        ASSERT_TRUE(append(log, time, commits, events).ok());
        chains.push_back(log.head().chain);
        for (Position position = before.next; position < log.head().next; ++position)
            known.push_back({.data = data_of(position), .time = time, .sequence = before.sequence});
    }
    void fill(SegmentLog& log, int blocks) {
        for (int i = 0; i < blocks; ++i)
            append_to(log, static_cast<std::uint32_t>(1 + i % 3), static_cast<std::uint32_t>(1 + i % 5));
    }
    /// As `wanted` says, from now on; nothing comes back.
    void decide(std::mt19937_64& rolls, unsigned percent) {
        for (KnownEvent& event : known) {
            if (rolls() % 100 >= percent) continue;
            event.leave = std::max(event.leave, rolls() % 4 == 0 ? Leave::place : Leave::nothing);
        }
    }
    [[nodiscard]] CompactionRequest request() const {
        return {.end = Position{known.size()},
                .judge = [this](const Event& event) -> Result<Leave> { return known[event.position.value].leave; },
                .options = {.compression = compression},
                .page_bytes = page_bytes_min};
    }

    std::shared_ptr<io::FaultyFiles> files;
    std::shared_ptr<io::ManualClock> clock = std::make_shared<io::ManualClock>();
    std::shared_ptr<io::ManualExecutor> executor = std::make_shared<io::ManualExecutor>();
    std::shared_ptr<io::Random> random;
    Compression compression = Compression::as_is;
    std::vector<KnownEvent> known;
    std::vector<Hash> chains;  ///< after each block
};

/// The first thing that the log does not read as it should; empty: none. `may_be_there`: what should be gone may still
/// be there, as it was.
inline std::string difference(SegmentLog& log, const CompactionWorld& world, bool may_be_there = false) {
    EventReader reader(log);
    for (std::uint64_t i = 0; i < world.known.size(); ++i) {
        const KnownEvent& known = world.known[i];
        const std::string at = "position " + std::to_string(i) + ": ";
        const auto event = reader.at(Position{i});
        if (!event) return at + event.error().message;
        if (*event == nullptr && known.leave == Leave::all) return at + "is not there";
        if (*event != nullptr && known.leave != Leave::all && !may_be_there) return at + "is still there";
        if (*event != nullptr && ((*event)->data != known.data || (*event)->position.value != i ||
                                  (*event)->created != known.time || (*event)->revision.value != i)) {
            return at + "is another";
        }
        if (log.sequence_of(Position{i}).value_or(0) != known.sequence) return at + "lies in another block";
        const auto here = log.position_at(known.time);
        if (!here || !(Position{i} < *here)) return at + "is not found by its time";
    }
    auto blocks = log.read(0);
    if (!blocks) return blocks.error().message;
    for (std::uint64_t sequence = 0; sequence < world.chains.size(); ++sequence) {
        const auto block = (*blocks)->next();
        if (!block) return block.error().message;
        if (*block == nullptr || (*block)->chain() != world.chains[sequence])
            return "another block " + std::to_string(sequence);
        const auto from_there = log.read(sequence);
        const auto same = from_there ? (*from_there)->next() : Result<const Block*>(from_there.error());
        if (!same || (*same)->sequence != sequence) return "block " + std::to_string(sequence) + " is not found";
        std::vector<std::uint32_t> records;
        if (!record_offsets((*block)->payload, (*block)->events, records))
            return "records of block " + std::to_string(sequence);
        for (std::uint32_t i = 0; i < records.size(); ++i) {
            const KnownEvent& known = world.known[((*block)->first + i).value];
            if (known.leave == Leave::all && records[i] == record_removed) return "a record is missing";
            if (known.leave != Leave::place || records[i] == record_removed) continue;
            Event event;
            if (!decode((*block)->payload.substr(records[i]), (*block)->first + i, event))
                return "a hollow record is damaged";
            if (!may_be_there && (!event.data.empty() || !event.stream.starts_with("test-")))
                return "a hollow record is not";
        }
    }
    return {};
}

}  // namespace varve::log
