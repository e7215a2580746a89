/// CBOR (RFC 8949), the compact form of the same values as JSON: for events with `format = varve::Format::cbor`
/// (varve/codec.hpp), and for whoever wants to look at their data.
///
///     varve::cbor_to_json(event.data).value()    // {"account":"a1","cents":900}, of 20 bytes
///     varve::json_to_cbor(R"({"cents":900})")
///
/// What is written: integers and lengths in as few bytes as they need, numbers with a fraction as 4 bytes where that is
/// exact, else 8; members in their order, names as texts. What is read: anything that has a JSON form, also from other
/// writers: half floats, and arrays and maps without a length. Not: byte strings, texts in pieces, tags, undefined,
/// numbers that are not finite, integers beyond 64 bits, names that are no text. At most 128 deep, and 64 MiB.
#pragma once

#include <string>
#include <string_view>

#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve {

/// The same value as JSON without white space; `invalid_argument` with the reason where it is none.
[[nodiscard]] VARVE_API Result<std::string> cbor_to_json(std::string_view cbor);

/// The same value as CBOR; `invalid_argument` with the reason when the text is not JSON. The way back gives the same value,
/// and the way there again the same bytes.
[[nodiscard]] VARVE_API Result<std::string> json_to_cbor(std::string_view json);

}  // namespace varve
