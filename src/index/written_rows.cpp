#include "index/written_rows.hpp"

#include <rocksdb/db.h>

#include <algorithm>

#include "index/rocksdb_settings.hpp"
#include "index/rows.hpp"

namespace varve::index {
namespace {

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

/// How many of a chunk's ascending numbers are below `limit`.
std::size_t places_below(std::string_view lows, std::uint64_t limit) {
    std::size_t begin = 0;
    std::size_t end = lows.size() / 2;
    while (begin < end) {
        const std::size_t middle = begin + (end - begin) / 2;
        if (u16_at(lows, middle) < limit) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

}  // namespace

Result<Watermark> WrittenRows::watermark() const {
    std::string row;
    const rocksdb::Status got = db_.Get({}, rocksdb::Slice(watermark_key.data(), watermark_key.size()), &row);
    if (got.IsNotFound()) {
        const auto any = iterator();
        any->SeekToFirst();
        if (any->Valid()) return malformed("its watermark is missing, so it");
        if (!any->status().ok()) return error_of(any->status(), folder_, "be read");
        return Watermark{};
    }
    if (!got.ok()) return error_of(got, folder_, "read its watermark");
    auto parsed = parse_watermark(row);
    if (!parsed) return malformed("its watermark");
    return *std::move(parsed);
}

Result<std::optional<StreamInfo>> WrittenRows::stream(std::string_view name) const {
    rocksdb::PinnableSlice row;
    const auto got = db_.Get({}, db_.DefaultColumnFamily(), head_key(name), &row);
    if (got.IsNotFound()) return std::nullopt;
    if (!got.ok()) return error_of(got, folder_, "read a stream's head");
    auto head = parse_head(name, view(row));
    if (!head) return malformed("a stream's head");
    return head;
}

Result<> WrittenRows::stream_positions(std::string_view name, Revision from, std::uint64_t count,
                                       std::vector<Position>& into) const {
    rocksdb::PinnableSlice row;
    const std::size_t end = into.size() + count;
    std::uint64_t skip = from.value % revisions_per_chunk;
    for (std::uint64_t chunk = from.value / revisions_per_chunk; into.size() < end; ++chunk, skip = 0) {
        const auto got = db_.Get({}, db_.DefaultColumnFamily(), stream_chunk_key(name, chunk), &row);
        if (!got.ok() && !got.IsNotFound()) return error_of(got, folder_, "read a stream's positions");
        const auto held = got.ok() ? parse_stream_chunk(view(row)) : std::vector<Position>();
        if (!held) return malformed("a stream's chunk");
        for (std::uint64_t n = skip; n < held->size() && into.size() < end; ++n) into.push_back((*held)[n]);
        row.Reset();
        if (held->size() == revisions_per_chunk || into.size() == end) continue;
        // What follows, if anything does, lies behind events that were missing.
        const auto next = chunk_after(name, chunk);
        if (!next) return next.error();
        if (!*next) return {};
        const std::uint64_t missing =
            ((*next)->chunk - chunk) * revisions_per_chunk - std::max<std::uint64_t>(held->size(), skip);
        into.insert(into.end(), std::min<std::uint64_t>(missing, end - into.size()), (*next)->first);
        chunk = (*next)->chunk - 1;
    }
    return {};
}

Result<std::optional<WrittenRows::StreamChunk>> WrittenRows::chunk_after(std::string_view name,
                                                                         std::uint64_t chunk) const {
    const auto row = iterator_of_name();
    row->Seek(stream_chunk_key(name, chunk + 1));
    if (!row->status().ok()) return error_of(row->status(), folder_, "read a stream's positions");
    if (!row->Valid() || name_part_of_key(view(row->key())) != name_part_of_key(stream_chunk_key(name, chunk))) {
        return std::optional<StreamChunk>();
    }
    const auto held = parse_stream_chunk(view(row->value()));
    if (!held || held->empty()) return malformed("a stream's chunk");
    return std::optional(StreamChunk{.chunk = chunk_of_key(view(row->key())), .first = held->front()});
}

Result<> WrittenRows::term_positions_from(const Term& term, Position from, Position end, std::uint64_t count,
                                          std::vector<Position>& into) const {
    if (from >= end || count == 0) return {};
    const std::string end_key = term_end_key(term);
    const rocksdb::Slice end_slice(end_key);
    const auto row = iterator_of_name(&end_slice);
    for (row->Seek(term_chunk_key(term, from.value / positions_per_chunk)); row->Valid(); row->Next()) {
        const std::uint64_t base = chunk_of_key(view(row->key())) * positions_per_chunk;
        const std::string_view lows = view(row->value());
        for (std::size_t n = base < from.value ? places_below(lows, from.value - base) : 0; n < lows.size() / 2; ++n) {
            const Position position{base + u16_at(lows, n)};
            if (position >= end || count == 0) return {};
            into.push_back(position);
            --count;
        }
    }
    if (!row->status().ok()) return error_of(row->status(), folder_, "read a term's positions");
    return {};
}

Result<> WrittenRows::term_positions_until(const Term& term, Position until, std::uint64_t count,
                                           std::vector<Position>& into) const {
    if (count == 0) return {};
    const std::string first = term_chunk_key(term, 0);
    const auto row = iterator_of_name();
    row->SeekForPrev(term_chunk_key(term, until.value / positions_per_chunk));
    for (; row->Valid() && view(row->key()) >= first; row->Prev()) {
        const std::uint64_t base = chunk_of_key(view(row->key())) * positions_per_chunk;
        const std::string_view lows = view(row->value());
        const bool whole = until.value - base >= positions_per_chunk;
        for (std::size_t n = whole ? lows.size() / 2 : places_below(lows, until.value - base + 1); n-- > 0;) {
            into.emplace_back(base + u16_at(lows, n));
            if (--count == 0) return {};
        }
    }
    if (!row->status().ok()) return error_of(row->status(), folder_, "read a term's positions");
    return {};
}

Result<std::vector<StreamInfo>> WrittenRows::streams(std::string_view prefix, std::string_view after,
                                                     std::size_t limit) const {
    std::vector<StreamInfo> page;
    const auto row = iterator();
    for (row->Seek(head_key(std::max(prefix, after))); row->Valid() && page.size() < limit; row->Next()) {
        const auto name = stream_of_head_key(view(row->key()));
        if (!name || !name->starts_with(prefix)) break;
        if (*name == after) continue;
        auto head = parse_head(*name, view(row->value()));
        if (!head) return malformed("a stream's head");
        page.push_back(std::move(*head));
    }
    if (!row->status().ok()) return error_of(row->status(), folder_, "list streams");
    return page;
}

std::unique_ptr<rocksdb::Iterator> WrittenRows::iterator() const {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    return std::unique_ptr<rocksdb::Iterator>(db_.NewIterator(options));
}

std::unique_ptr<rocksdb::Iterator> WrittenRows::iterator_of_name(const rocksdb::Slice* end) const {
    rocksdb::ReadOptions options;
    options.prefix_same_as_start = true;
    options.iterate_upper_bound = end;
    return std::unique_ptr<rocksdb::Iterator>(db_.NewIterator(options));
}

Error WrittenRows::malformed(std::string_view what) const {
    return {.code = Code::data_loss,
            .message = "index in " + folder_ + ": " + std::string(what) +
                       " is malformed; it can be deleted and is then rebuilt from the log"};
}

}  // namespace varve::index
