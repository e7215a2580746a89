#include "log/record.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/hash.hpp"
#include "log/commit_extension.hpp"
#include "log/commit_walk.hpp"
#include "log/frame.hpp"
#include "log/little_endian.hpp"
#include "varve/limits.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change. What depends on the record's place comes first, so that everything
// after it is one run of bytes whose hash the caller can compute before the place is known.
namespace record {
constexpr std::size_t at_checksum = 0;
constexpr std::size_t at_frame_offset = 4;
constexpr std::size_t at_revision = 8;
constexpr std::size_t at_content = 16;  // the checksum covers all from here to the record's end
constexpr std::size_t at_bytes = 16;
constexpr std::size_t at_stream_bytes = 20;
constexpr std::size_t at_type_bytes = 22;
constexpr std::size_t at_id = 24;
constexpr std::size_t at_metadata_bytes = 40;
constexpr std::size_t at_data_bytes = 44;
constexpr std::size_t at_tags_bytes = 48;
constexpr std::size_t at_content_type = 50;
constexpr std::size_t at_flags = 51;
constexpr std::size_t at_texts = 52;

constexpr std::uint8_t content_json = 0;
constexpr std::uint8_t content_octets = 1;
constexpr std::uint8_t content_other = 2;
constexpr std::uint8_t flag_hollow = 1;
}  // namespace record

// Part of the file format, never change.
namespace commit {
constexpr std::size_t at_bytes = 0;
constexpr std::size_t at_events = 4;
constexpr std::size_t at_flags = 8;
constexpr std::size_t at_extension_bytes = 10;
constexpr std::size_t at_reserved = 12;
constexpr std::size_t header_bytes = 16;
}  // namespace commit

constexpr std::size_t padded(std::size_t bytes) {
    return (bytes + 7) & ~std::size_t{7};
}

std::uint32_t content_checksum(const char* at, std::size_t bytes) {
    return static_cast<std::uint32_t>(xxh3_64({at + record::at_content, bytes - record::at_content}));
}

std::uint32_t place_checksum(Position position, std::uint64_t revision, std::uint32_t frame_offset) {
    char place[24];
    store(place, position.value);
    store(place + 8, revision);
    store(place + 16, std::uint64_t{frame_offset});
    return static_cast<std::uint32_t>(xxh3_64({place, sizeof place}));
}

std::uint8_t content_code(std::string_view content_type) {
    if (content_type == json_content) return record::content_json;
    return content_type == octet_content ? record::content_octets : record::content_other;
}

std::size_t tags_bytes(const NewEvent& event) {
    std::size_t bytes = 0;
    for (const std::string& tag : event.tags) bytes += 1 + tag.size();
    return bytes;
}

std::size_t encoded_bytes(const NewEvent& event) {
    const bool other = content_code(event.content_type) == record::content_other;
    return padded(record::at_texts + event.stream.size() + event.type.size() +
                  (other ? 1 + event.content_type.size() : 0) + tags_bytes(event) + event.metadata.size() +
                  event.data.size());
}

/// Copies texts one after the other.
class Pen {
public:
    explicit Pen(char* at) : at_(at) {}
    void write(std::string_view text) { at_ = std::copy(text.begin(), text.end(), at_); }
    void write_short(std::string_view text) {
        *at_++ = static_cast<char>(text.size());
        write(text);
    }
    void zero_until(const char* end) {
        while (at_ != end) *at_++ = 0;
    }

private:
    char* at_;
};

void encode_record(const NewEvent& event, char* at, std::size_t bytes) {
    const std::uint8_t code = content_code(event.content_type);
    store(at + record::at_frame_offset, std::uint32_t{0});
    store(at + record::at_revision, std::uint64_t{0});
    store(at + record::at_bytes, static_cast<std::uint32_t>(bytes));
    store(at + record::at_stream_bytes, static_cast<std::uint16_t>(event.stream.size()));
    store(at + record::at_type_bytes, static_cast<std::uint16_t>(event.type.size()));
    std::memcpy(at + record::at_id, event.id.bytes.data(), event.id.bytes.size());
    store(at + record::at_metadata_bytes, static_cast<std::uint32_t>(event.metadata.size()));
    store(at + record::at_data_bytes, static_cast<std::uint32_t>(event.data.size()));
    store(at + record::at_tags_bytes, static_cast<std::uint16_t>(tags_bytes(event)));
    store(at + record::at_content_type, code);
    store(at + record::at_flags, std::uint8_t{0});
    Pen pen(at + record::at_texts);
    pen.write(event.stream);
    pen.write(event.type);
    if (code == record::content_other) pen.write_short(event.content_type);
    for (const std::string& tag : event.tags) pen.write_short(tag);
    pen.write(event.metadata);
    pen.write(event.data);
    pen.zero_until(at + bytes);
    store(at + record::at_checksum, content_checksum(at, bytes));
}

Error wrong(std::string_view what) {
    return {.code = Code::data_loss, .message = std::string(what)};
}

/// Cuts views off the front of a record's texts; remembers when it was asked for more than there is.
class Knife {
public:
    explicit Knife(std::string_view rest) : rest_(rest) {}
    std::string_view cut(std::size_t bytes) {
        if (bytes > rest_.size()) {
            short_ = true;
            bytes = rest_.size();
        }
        const std::string_view front = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return front;
    }
    std::string_view cut_short() {
        const std::string_view size = cut(1);
        return size.empty() ? size : cut(static_cast<unsigned char>(size.front()));
    }
    /// Nothing was missing and only padding is left.
    [[nodiscard]] bool clean() const { return !short_ && rest_.size() < 8; }

private:
    std::string_view rest_;
    bool short_ = false;
};

bool well_packed(std::string_view tags) {
    while (!tags.empty()) {
        const auto bytes = static_cast<unsigned char>(tags.front());
        if (bytes >= tags.size()) return false;
        tags.remove_prefix(1U + bytes);
    }
    return true;
}

}  // namespace

EncodedCommit encode(const Commit& commit) {
    EncodedCommit encoded;
    const std::size_t extension = extension_bytes(commit);
    std::size_t bytes = commit::header_bytes + extension;
    for (const NewEvent& event : commit.events) bytes += encoded_bytes(event);
    encoded.records.reserve(commit.events.size());
    encoded.bytes.resize_and_overwrite(bytes, [&](char* at, std::size_t size) {
        store(at + commit::at_bytes, static_cast<std::uint32_t>(size));
        store(at + commit::at_events, static_cast<std::uint32_t>(commit.events.size()));
        store(at + commit::at_flags, std::uint16_t{0});
        store(at + commit::at_extension_bytes, static_cast<std::uint16_t>(extension));
        store(at + commit::at_reserved, std::uint32_t{0});
        write_extension(commit, at + commit::header_bytes);
        std::size_t offset = commit::header_bytes + extension;
        for (const NewEvent& event : commit.events) {
            const std::size_t record_bytes = encoded_bytes(event);
            encode_record(event, at + offset, record_bytes);
            encoded.records.push_back(static_cast<std::uint32_t>(offset));
            offset += record_bytes;
        }
        return size;
    });
    return encoded;
}

void stamp(char* record, Position position, Revision revision, std::uint32_t frame_offset) {
    // Encoded records carry their content's checksum alone; the place is mixed in by exclusive or.
    const auto content = load<std::uint32_t>(record + record::at_checksum);
    store(record + record::at_checksum, content ^ place_checksum(position, revision.value, frame_offset));
    store(record + record::at_frame_offset, frame_offset);
    store(record + record::at_revision, revision.value);
}

Result<> decode(std::string_view bytes, Position position, Event& event) {
    if (bytes.size() < record_bytes_min) return wrong("record is cut off");
    const char* at = bytes.data();
    const auto size = load<std::uint32_t>(at + record::at_bytes);
    if (size < record_bytes_min || size > bytes.size() || size % 8 != 0)
        return wrong("record has an impossible length");
    const auto revision = load<std::uint64_t>(at + record::at_revision);
    const auto checksum = content_checksum(at, size) ^
                          place_checksum(position, revision, load<std::uint32_t>(at + record::at_frame_offset));
    if (checksum != load<std::uint32_t>(at + record::at_checksum))
        return wrong("record's checksum does not fit its bytes");

    // From here on the bytes are those that were written; the bounds are kept all the same.
    const auto code = load<std::uint8_t>(at + record::at_content_type);
    if (code > record::content_other || load<std::uint8_t>(at + record::at_flags) > record::flag_hollow) {
        return wrong("record has an unknown content code or flag");
    }
    Knife knife(bytes.substr(record::at_texts, size - record::at_texts));
    event.position = position;
    event.revision = Revision{revision};
    std::memcpy(event.id.bytes.data(), at + record::at_id, event.id.bytes.size());
    event.stream = knife.cut(load<std::uint16_t>(at + record::at_stream_bytes));
    event.type = knife.cut(load<std::uint16_t>(at + record::at_type_bytes));
    event.content_type = code == record::content_other    ? knife.cut_short()
                         : code == record::content_octets ? octet_content
                                                          : json_content;
    const std::string_view tags = knife.cut(load<std::uint16_t>(at + record::at_tags_bytes));
    event.metadata = knife.cut(load<std::uint32_t>(at + record::at_metadata_bytes));
    event.data = knife.cut(load<std::uint32_t>(at + record::at_data_bytes));
    if (!knife.clean() || !well_packed(tags)) return wrong("record's parts do not fill it");
    event.tags = Tags(tags);
    return {};
}

void move(char* record, Position position, std::uint32_t frame_offset) {
    const auto revision = load<std::uint64_t>(record + record::at_revision);
    const auto before = load<std::uint32_t>(record + record::at_frame_offset);
    const auto checksum = load<std::uint32_t>(record + record::at_checksum);
    store(record + record::at_checksum,
          checksum ^ place_checksum(position, revision, before) ^ place_checksum(position, revision, frame_offset));
    store(record + record::at_frame_offset, frame_offset);
}

bool is_hollow(std::string_view record) {
    return load<std::uint8_t>(record.data() + record::at_flags) == record::flag_hollow;
}

std::string hollow(std::string_view record, Position position) {
    const std::size_t stream = load<std::uint16_t>(record.data() + record::at_stream_bytes);
    std::string bytes(padded(record::at_texts + stream), '\0');
    std::ranges::copy(record.substr(0, record::at_metadata_bytes), bytes.begin());
    std::ranges::copy(record.substr(record::at_texts, stream), bytes.begin() + record::at_texts);
    char* at = bytes.data();
    store(at + record::at_bytes, static_cast<std::uint32_t>(bytes.size()));
    store(at + record::at_type_bytes, std::uint16_t{0});
    store(at + record::at_flags, record::flag_hollow);
    store(at + record::at_checksum,
          content_checksum(at, bytes.size()) ^ place_checksum(position, load<std::uint64_t>(at + record::at_revision),
                                                              load<std::uint32_t>(at + record::at_frame_offset)));
    return bytes;
}

RecordSize record_size(std::string_view bytes) {
    if (bytes.size() < record_bytes_min) return {};
    return {.bytes = load<std::uint32_t>(bytes.data() + record::at_bytes),
            .frame_offset = load<std::uint32_t>(bytes.data() + record::at_frame_offset)};
}

std::string_view stream_of_damaged(std::string_view bytes) {
    if (bytes.size() < record_bytes_min) return {};
    const std::size_t size = load<std::uint16_t>(bytes.data() + record::at_stream_bytes);
    const std::string_view stream = bytes.substr(record::at_texts, size);
    const bool readable =
        std::ranges::all_of(stream, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
    return readable && size <= limits::stream_name_bytes && stream.size() == size ? stream : std::string_view();
}

EventId id_of(std::string_view record) {
    EventId id;
    std::memcpy(id.bytes.data(), record.data() + record::at_id, id.bytes.size());
    return id;
}

namespace {

/// `commits` may be null.
Result<> walk_commits(std::string_view payload, std::uint32_t events, std::vector<std::uint32_t>& into,
                      std::vector<BlockCommit>* commits) {
    // Every event had a record once, so a false count is found out before memory is spent on it.
    if (events > frame_bytes_max / record_bytes_min) return wrong("block counts more events than a frame can hold");
    into.reserve(into.size() + events);
    std::uint32_t found = 0;
    CommitPlace commit;
    for (std::uint32_t begin = 0; begin != payload.size(); begin += commit.bytes) {
        if (const auto what = commit_at(payload, begin, commit); !what.empty()) return wrong(what);
        if (commit.events > events - found) return wrong("commits hold more events than their block counts");
        if (commits != nullptr) {
            const std::string_view extension = payload.substr(begin + commit_header_bytes, commit.extension_bytes);
            commits->push_back({.first = found, .events = commit.events, .command_id = command_id_in(extension)});
        }
        const std::uint32_t end = begin + commit.bytes;
        std::uint32_t offset = commit.records;
        for (std::uint32_t i = 0; i < commit.events; ++i) {
            if (!commit.has(i)) {
                into.push_back(record_removed);
                continue;
            }
            const std::uint32_t record_bytes = record_size(payload.substr(offset, end - offset)).bytes;
            if (record_bytes < record_bytes_min || record_bytes > end - offset || record_bytes % 8 != 0) {
                return wrong("record has an impossible length");
            }
            into.push_back(offset);
            offset += record_bytes;
        }
        if (offset != end) return wrong("commit's records do not fill it");
        found += commit.events;
    }
    if (found != events) return wrong("commits hold fewer events than their block counts");
    return {};
}

}  // namespace

Result<> record_offsets(std::string_view payload, std::uint32_t events, std::vector<std::uint32_t>& into) {
    return walk_commits(payload, events, into, nullptr);
}

Result<> record_offsets(std::string_view payload, std::uint32_t events, std::vector<std::uint32_t>& into,
                        std::vector<BlockCommit>& commits) {
    return walk_commits(payload, events, into, &commits);
}

}  // namespace varve::log
