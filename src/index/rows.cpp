#include "index/rows.hpp"

#include <bit>
#include <cstring>

namespace varve::index {
namespace {

static_assert(std::endian::native == std::endian::little, "rows are little-endian and copied as they lie in memory");

template <class Number>
void put(std::string& row, Number number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    row.append(bytes, sizeof number);
}

template <class Number>
Number number_at(std::string_view row, std::size_t offset) {
    Number number;
    std::memcpy(&number, row.data() + offset, sizeof number);
    return number;
}

std::string chunk_key(char kind, std::string_view name, std::uint64_t chunk) {
    std::string key;
    key.reserve(name.size() + 10);
    key += kind;
    key += name;
    key += '\0';
    put(key, __builtin_bswap64(chunk));
    return key;
}

char letter_of(TermKind kind) {
    switch (kind) {
        case TermKind::category: return 'c';
        case TermKind::type: return 'y';
        case TermKind::tag: return 't';
    }
    return 'c';
}

constexpr std::size_t watermark_fixed_bytes = 4 + 8 + 8 + 16;

}  // namespace

std::string head_key(std::string_view stream) {
    std::string key = "h";
    return key += stream;
}

std::optional<std::string_view> stream_of_head_key(std::string_view key) {
    if (!key.starts_with('h')) return {};
    return key.substr(1);
}

std::string stream_chunk_key(std::string_view stream, std::uint64_t chunk) {
    return chunk_key('s', stream, chunk);
}

std::string term_chunk_key(const Term& term, std::uint64_t chunk) {
    return chunk_key(letter_of(term.kind), term.name, chunk);
}

std::uint64_t chunk_of_key(std::string_view key) {
    return __builtin_bswap64(number_at<std::uint64_t>(key, key.size() - sizeof(std::uint64_t)));
}

std::string term_end_key(const Term& term) {
    std::string key(1, letter_of(term.kind));
    key += term.name;
    return key += '\1';
}

std::string_view name_part_of_key(std::string_view key) {
    // By what a row is and not by its first zero byte: the head of a stream has none, a watermark's key is one letter.
    const std::size_t zero = key.empty() || key.front() == 'h' ? std::string_view::npos : key.find('\0');
    return zero == std::string_view::npos ? std::string_view() : key.substr(0, zero + 1);
}

void put_u16(std::string& row, std::uint16_t number) {
    put(row, number);
}

void put_u64(std::string& row, std::uint64_t number) {
    put(row, number);
}

std::uint16_t u16_at(std::string_view row, std::size_t n) {
    return number_at<std::uint16_t>(row, 2 * n);
}

std::uint64_t u64_at(std::string_view row, std::size_t n) {
    return number_at<std::uint64_t>(row, 8 * n);
}

std::optional<std::vector<Position>> parse_stream_chunk(std::string_view row) {
    std::vector<Position> positions;
    if (row.size() % sizeof(std::uint64_t) != 0) return {};
    std::uint64_t slot = 0;
    for (std::size_t n = 0; n < row.size() / sizeof(std::uint64_t); ++n) {
        const std::uint64_t number = u64_at(row, n);
        if ((number & slot_mark(0)) != 0) {
            slot = number & ~slot_mark(0);
        } else {
            if (slot < positions.size() || slot >= revisions_per_chunk) return {};
            positions.resize(++slot, Position{number});
        }
    }
    return positions;
}

std::string head_row(const StreamInfo& head) {
    std::string row;
    put_u64(row, head.last.value);
    put_u64(row, head.last_position.value);
    return row;
}

std::optional<StreamInfo> parse_head(std::string_view name, std::string_view row) {
    if (row.size() != 2 * sizeof(std::uint64_t)) return {};
    return StreamInfo{
        .name = std::string(name), .last = Revision{u64_at(row, 0)}, .last_position = Position{u64_at(row, 1)}};
}

std::string watermark_row(const Watermark& watermark) {
    std::string row;
    put(row, rows_format);
    put_u64(row, watermark.next.value);
    put_u64(row, watermark.sequence);
    for (const std::uint8_t byte : watermark.chain.bytes) row += static_cast<char>(byte);
    return row += watermark.store_id;
}

std::optional<Watermark> parse_watermark(std::string_view row) {
    if (row.size() < watermark_fixed_bytes || number_at<std::uint32_t>(row, 0) != rows_format) return {};
    Watermark watermark{.next = Position{number_at<std::uint64_t>(row, 4)},
                        .sequence = number_at<std::uint64_t>(row, 12),
                        .chain = {},
                        .store_id = std::string(row.substr(watermark_fixed_bytes))};
    std::memcpy(watermark.chain.bytes.data(), row.data() + 20, watermark.chain.bytes.size());
    return watermark;
}

}  // namespace varve::index
