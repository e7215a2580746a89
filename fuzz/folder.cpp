// A whole store, damaged in any way: recovery never crashes, and an event that it shows is the one that was written.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "io/faulty_files.hpp"
#include "io/simulated.hpp"
#include "log/compaction.hpp"
#include "log/frame.hpp"
#include "log/record.hpp"
#include "log/segment_header.hpp"
#include "log/segment_log.hpp"
#include "log/verify.hpp"

namespace {

using varve::Position;
using varve::log::SegmentLog;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string data_of(Position position) {
    return "event " + std::to_string(position.value);
}

/// The bytes of an input, taken one after the other; zeros when they are used up.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}
    std::uint8_t byte() {
        if (left_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return value;
    }
    std::uint64_t number() { return byte() | std::uint64_t{byte()} << 8 | std::uint64_t{byte()} << 16; }
    std::string_view take(std::size_t count) {
        const std::string_view taken = left_.substr(0, count);
        left_.remove_prefix(taken.size());
        return taken;
    }
    [[nodiscard]] bool empty() const { return left_.empty(); }

private:
    std::string_view left_;
};

struct World {
    std::shared_ptr<varve::io::FaultyFiles> files;
    std::shared_ptr<varve::io::ManualExecutor> executor = std::make_shared<varve::io::ManualExecutor>();

    [[nodiscard]] varve::Result<std::shared_ptr<SegmentLog>> open(bool read_only = false) const {
        return SegmentLog::open({.files = files,
                                 .clock = std::make_shared<varve::io::ManualClock>(),
                                 .random = std::make_shared<varve::io::SeededRandom>(1),
                                 .executor = executor},
                                {.folder = "store", .read_only = read_only, .segment_bytes = 8 << 10});
    }
};

void append(SegmentLog& log) {
    const auto head = log.head();
    varve::Commit commit;
    for (std::uint64_t i = 0; i < 1 + head.sequence % 4; ++i) {
        varve::NewEvent event{.stream = "s-1", .type = "T", .data = data_of(head.next + i)};
        event.id.bytes[0] = 1;
        commit.events.push_back(std::move(event));
    }
    auto encoded = varve::log::encode(commit);
    for (std::size_t i = 0; i < encoded.records.size(); ++i) {
        varve::log::stamp(encoded.bytes.data() + encoded.records[i], head.next + i,
                          varve::Revision{head.next.value + i}, varve::log::frame_header_bytes + encoded.records[i]);
    }
    const auto block = varve::log::make_block(head, log.epoch(), head.time,
                                              static_cast<std::uint32_t>(encoded.records.size()), 1, encoded.bytes);
    require(log.compare_and_append(block).ok());
}

bool is_removed(Position position) {
    return position.value % 5 == 3;
}

enum class Form : std::uint8_t { written, compacted, packed };

/// Sealed segments, an open one, a checkpoint: what a process leaves that was killed.
World make_world(Form form) {
    World world{.files = std::make_shared<varve::io::FaultyFiles>(1)};
    const auto log = world.open().value();
    for (int i = 0; i < 60; ++i) {
        append(*log);
        if (i % 7 == 0) world.executor->run_periodic();
        if (i != 50 || form == Form::written) continue;
        varve::log::CompactionRequest request{.end = log->head().next, .judge = {}, .options = {}};
        request.judge = [](const varve::Event& event) -> varve::Result<varve::log::Leave> {
            return is_removed(event.position) ? varve::log::Leave::nothing : varve::log::Leave::all;
        };
        if (form == Form::packed) request.options.compression = varve::Compression::zstd;
        request.page_bytes = varve::log::page_bytes_min;
        require(log->compact(request).value().rewritten > 0);
    }
    world.files->kill();
    return world;
}

/// A frame that is right in everything but what it says: what lies behind the checksums is reached.
void forge_frame(const World& world, const varve::io::Path& path, const std::string& file, Bytes& bytes) {
    const auto header = varve::log::SegmentHeader::parse(file.substr(0, varve::log::segment_header_bytes));
    if (!header) return;
    std::uint64_t place = varve::log::segment_header_bytes;
    auto head = header->begin;
    if (bytes.byte() % 2 == 0) {
        head.sequence += bytes.byte() % 4U;
        head.next = head.next + bytes.byte() % 4;
    }
    const auto events = static_cast<std::uint32_t>(bytes.byte());
    const auto commits = static_cast<std::uint32_t>(bytes.byte() % 4);
    const std::uint64_t durable = bytes.number();
    place += std::uint64_t{8} * (bytes.byte() % 2U) * bytes.byte();
    std::string payload(bytes.take(4000));
    payload.resize((payload.size() + 7) / 8 * 8);
    const auto block = varve::log::make_block(head, header->epoch, head.time, events, commits, payload);
    const varve::log::FrameCodec codec(header->salt);
    const auto begin = codec.header(block, durable, place);
    const auto end = codec.trailer(block);
    std::string frame(begin.begin(), begin.end());
    frame += payload;
    frame.append(end.begin(), end.end());
    world.files->replace(path, place, frame);
}

/// True when a frame was forged: then there may be events that nobody wrote.
bool damage(const World& world, Bytes& bytes) {
    const auto contents = world.files->contents();
    auto target = contents.begin();
    std::advance(target, bytes.byte() % contents.size());
    const auto& [path, file] = *target;
    const std::uint64_t place = file.empty() ? 0 : bytes.number() % file.size();
    switch (bytes.byte() % 8) {
        case 0: world.files->lose(path); return false;
        case 1: world.files->cut(path, place); return false;
        case 2: forge_frame(world, path, file, bytes); return true;
        case 3:
        case 4:
            if (!file.empty()) world.files->flip_bit(path, 8 * place + bytes.byte() % 8);
            return false;
        default: world.files->replace(path, place, bytes.take(1 + bytes.byte())); return false;
    }
}

void walk(SegmentLog& log, bool forged) {
    varve::log::EventReader reader(log);
    for (Position position; position < log.head().next; ++position) {
        const auto event = reader.at(position);
        if (event && *event != nullptr && !forged) require((*event)->data == data_of(position));
        if (event && *event == nullptr && !forged) require(is_removed(position));
    }
    auto blocks = log.read(0);
    if (!blocks) return;
    for (auto block = (*blocks)->next(); block && *block != nullptr; block = (*blocks)->next()) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array<World, 3> wholes{make_world(Form::written), make_world(Form::compacted),
                                             make_world(Form::packed)};
    Bytes bytes(data, size);
    const World world{.files = wholes[bytes.byte() % wholes.size()].files->copy(1)};
    bool forged = false;
    for (int i = 0; i < 6 && !bytes.empty(); ++i) {
        if (world.files->contents().empty()) break;
        forged = damage(world, bytes) || forged;
    }
    if (const auto report = varve::log::verify(*world.files, "store"); report && report->damaged()) {
        require(!report->findings.empty());
    }
    if (const auto reader = world.open(true)) walk(**reader, forged);
    const auto log = world.open();
    if (!log) {
        require(!log.error().message.empty());
        return 0;
    }
    walk(**log, forged);
    if (forged) return 0;
    const Position end = (*log)->head().next;
    append(**log);
    world.executor->run_periodic();
    require((*log)->head().next > end);
    return 0;
}
