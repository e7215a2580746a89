/// An event as one string of bytes, for the subjects that store keys and values, and for the bare log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "subjects/subject.hpp"

namespace varve::bench {

/// Appends the event's record to `into`; answers its length.
std::size_t append_record(const Sample& event, std::string& into);

/// The event at the start of `bytes`, and the record's length.
struct Decoded {
    Seen seen;
    std::size_t bytes;
};
[[nodiscard]] Decoded decode_record(std::string_view bytes);

/// A number as eight bytes that sort like the number.
void append_sorted(std::uint64_t number, std::string& into);
[[nodiscard]] std::uint64_t read_sorted(std::string_view bytes);

/// The key `stream, 0, revision`, which sorts by stream and then by revision.
void make_stream_key(std::string_view stream, std::uint64_t revision, std::string& into);

}  // namespace varve::bench
