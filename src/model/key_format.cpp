#include "model/key_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/hash.hpp"
#include "log/little_endian.hpp"

namespace varve {

namespace {

// Everything here is part of the stored form, never change.
constexpr std::string_view magic = "VARVEKEY";
constexpr std::string_view header_domain = "varve.keys.master.1";
constexpr std::string_view slot_domain = "varve.keys.subject.1";
constexpr std::string_view value_domain = "varve.personal.1";
constexpr std::size_t store_bytes = 40;
constexpr std::size_t checksum_at = key_slot_bytes - 16;
constexpr char token_version = 1;

static_assert(limits::subject_bytes <= 128);

/// Writes from the front to the back.
class Bytes {
public:
    Bytes() : bytes_(key_slot_bytes, '\0') {}
    template <std::integral T>
    void number(T value) {
        log::store(bytes_.data() + at_, value);
        at_ += sizeof value;
    }
    void text(std::string_view text, std::size_t width) {
        text.copy(bytes_.data() + at_, std::min(text.size(), width));
        at_ += width;
    }
    template <std::size_t N>
    void array(const std::array<char, N>& bytes) {
        text({bytes.data(), N}, N);
    }
    [[nodiscard]] std::string checked() && {
        log::store_hash(bytes_.data() + checksum_at, xxh3_128(std::string_view(bytes_).substr(0, checksum_at)));
        return std::move(bytes_);
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

/// Reads them in the same order.
class Reader {
public:
    explicit Reader(std::string_view bytes) : at_(bytes.data()) {}
    template <std::integral T>
    T number() {
        return log::load<T>(std::exchange(at_, at_ + sizeof(T)));
    }
    std::string_view text(std::size_t width) { return {std::exchange(at_, at_ + width), width}; }
    template <std::size_t N>
    void array(std::array<char, N>& bytes) {
        text(N).copy(bytes.data(), N);
    }

private:
    const char* at_;
};

bool is_checked(std::string_view bytes) {
    return bytes.size() == key_slot_bytes &&
           log::load_hash(bytes.data() + checksum_at) == xxh3_128(bytes.substr(0, checksum_at));
}

/// Each part with its length before it, so that no two lists of parts give the same bytes.
std::string joined(std::string_view domain, std::initializer_list<std::string_view> parts) {
    std::string text(domain);
    for (const std::string_view part : parts) {
        char length[4];
        log::store(length, static_cast<std::uint32_t>(part.size()));
        text.append(length, sizeof length).append(part);
    }
    return text;
}

}  // namespace

std::string KeyFileHeader::encode() const {
    Bytes bytes;
    bytes.text(magic, magic.size());
    bytes.number(key_file_format);
    bytes.number(static_cast<std::uint32_t>(protection));
    bytes.number(effort.passes);
    bytes.number(effort.memory_bytes);
    bytes.array(salt);
    bytes.array(nonce);
    bytes.array(wrapped);
    bytes.text(store, store_bytes);
    return std::move(bytes).checked();
}

Result<KeyFileHeader> KeyFileHeader::parse(std::string_view bytes) {
    if (bytes.size() < magic.size() + sizeof key_file_format || !bytes.starts_with(magic)) {
        return Error{.code = Code::data_loss, .message = "it is no key file"};
    }
    Reader reader(bytes);
    reader.text(magic.size());
    if (const auto format = reader.number<std::uint32_t>(); format > key_file_format) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("its format is {}, this version knows {}; use a newer Varve", format,
                                            key_file_format)};
    }
    if (!is_checked(bytes)) return Error{.code = Code::data_loss, .message = "its header is damaged"};
    KeyFileHeader header;
    const auto protection = reader.number<std::uint32_t>();
    header.protection = static_cast<KeyProtection>(protection);
    header.effort.passes = reader.number<std::uint64_t>();
    header.effort.memory_bytes = reader.number<std::uint64_t>();
    reader.array(header.salt);
    reader.array(header.nonce);
    reader.array(header.wrapped);
    header.store = reader.text(store_bytes);
    header.store.resize(std::min(header.store.find('\0'), header.store.size()));
    // Bounds against a file made to use up the machine.
    if (protection > 2 || header.effort.passes > 64 || header.effort.memory_bytes > (std::uint64_t{4} << 30)) {
        return Error{.code = Code::data_loss, .message = "its header asks for what no version has ever written"};
    }
    return header;
}

std::string KeyFileHeader::bound_to() const {
    return joined(header_domain, {std::string_view(salt.data(), salt.size())});
}

std::string KeySlot::encode() const {
    Bytes bytes;
    bytes.number(static_cast<std::uint8_t>(state));
    bytes.number(static_cast<std::uint8_t>(subject.size()));
    bytes.text({}, 6);
    bytes.number(std::int64_t{since.time_since_epoch().count()});
    bytes.array(id);
    bytes.array(nonce);
    bytes.array(wrapped);
    bytes.text(subject, 128);
    return std::move(bytes).checked();
}

std::optional<KeySlot> KeySlot::parse(std::string_view bytes) {
    if (!is_checked(bytes)) return {};
    Reader reader(bytes);
    KeySlot slot;
    const auto state = reader.number<std::uint8_t>();
    const auto length = reader.number<std::uint8_t>();
    if (state < 1 || state > 2 || length < 1 || length > 128) return {};
    slot.state = static_cast<State>(state);
    reader.text(6);
    slot.since = Timestamp(std::chrono::microseconds(reader.number<std::int64_t>()));
    reader.array(slot.id);
    reader.array(slot.nonce);
    reader.array(slot.wrapped);
    slot.subject = reader.text(length);
    return slot;
}

std::string KeySlot::bound_to() const {
    return joined(slot_domain, {std::string_view(id.data(), id.size()), subject});
}

std::string SealedToken::encode() const {
    std::string bytes(1, token_version);
    bytes.append(id.data(), id.size()).append(nonce).append(sealed);
    return crypto::to_text(bytes);
}

std::optional<SealedToken> SealedToken::parse(std::string_view text) {
    const auto bytes = crypto::from_text(text);
    SealedToken token;
    constexpr std::size_t sealed_at = 1 + std::tuple_size_v<KeyId> + crypto::nonce_bytes;
    if (!bytes || bytes->size() <= sealed_at + crypto::tag_bytes || bytes->front() != token_version) return {};
    bytes->copy(token.id.data(), token.id.size(), 1);
    token.nonce = bytes->substr(1 + token.id.size(), crypto::nonce_bytes);
    token.sealed = bytes->substr(sealed_at);
    return token;
}

std::string sealed_bound_to(std::string_view subject, std::string_view event, std::string_view field) {
    return joined(value_domain, {subject, event, field});
}

}  // namespace varve
