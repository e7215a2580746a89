/// CBOR (RFC 8949) as a tree like that of parsed JSON, so that all who read JSON values read it as well.
#pragma once

#include <cstddef>
#include <string_view>

namespace simdjson::dom {
class document;  // NOLINT(readability-identifier-naming): theirs
}

namespace varve {

/// Reads one CBOR item into the document: what a parser would have made of the same value in JSON. `room` is for how many
/// bytes the document has room; it belongs to the document and begins as 0. Answers the reason of a failure, or nothing.
[[nodiscard]] std::string_view read_cbor(std::string_view bytes, simdjson::dom::document& into, std::size_t& room);

}  // namespace varve
