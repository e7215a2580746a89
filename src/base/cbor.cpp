#include "varve/cbor.hpp"

#include <cbor.h>
#include <simdjson.h>

#include <array>
#include <cmath>

#include "base/cbor_out.hpp"
#include "varve/detail/json_trouble.hpp"

namespace varve {

namespace detail {

namespace {

/// Appends what one of the library's functions writes of a value.
template <class F, class Value>
void append(std::string& out, F encode, Value value) {
    std::array<unsigned char, 9> bytes;
    const std::size_t size = encode(value, bytes.data(), bytes.size());
    out.append(reinterpret_cast<const char*>(bytes.data()), size);
}

}  // namespace

void CborOut::null() {
    bytes_ += '\xf6';
}
void CborOut::boolean(bool value) {
    bytes_ += value ? '\xf5' : '\xf4';
}
void CborOut::unsigned_integer(std::uint64_t value) {
    append(bytes_, cbor_encode_uint, value);
}
void CborOut::signed_integer(std::int64_t value) {
    if (value >= 0) return unsigned_integer(static_cast<std::uint64_t>(value));
    append(bytes_, cbor_encode_negint, ~static_cast<std::uint64_t>(value));
}
void CborOut::floating(double value) {
    const auto shorter = static_cast<float>(value);
    if (static_cast<double>(shorter) == value) return append(bytes_, cbor_encode_single, shorter);
    append(bytes_, cbor_encode_double, value);
}
void CborOut::word(std::string_view text) {
    append(bytes_, cbor_encode_string_start, text.size());
    bytes_ += text;
}
bool CborOut::text(std::string_view text) {
    word(text);
    return simdjson::validate_utf8(text.data(), text.size());
}
void CborOut::begin_array(std::size_t size) {
    append(bytes_, cbor_encode_array_start, size);
}
void CborOut::begin_object(std::size_t size) {
    append(bytes_, cbor_encode_map_start, size);
}

void CborOut::value(JsonValue value) {
    switch (value.kind()) {
        case JsonKind::null: return null();
        case JsonKind::boolean: return boolean(*value.as_bool());
        case JsonKind::integer: return signed_integer(*value.as_int64());
        case JsonKind::large_integer: return unsigned_integer(*value.as_uint64());
        case JsonKind::number: return floating(*value.as_double());
        case JsonKind::string: return word(*value.as_string());
        case JsonKind::array:
            begin_array(value.elements().size());
            for (const JsonValue element : value.elements()) this->value(element);
            return;
        case JsonKind::object:
            begin_object(value.members().size());
            for (const auto [name, member] : value.members()) {
                word(name);
                this->value(member);
            }
            return;
    }
}

void CborOut::json(std::string_view text) {
    const JsonReader reader(text);
    if (reader.ok()) value(reader.root());
}

}  // namespace detail

Result<std::string> json_to_cbor(std::string_view json) {
    const JsonReader reader(json);
    if (!reader.ok()) return reader.error();
    std::string bytes;
    detail::CborOut(bytes).value(reader.root());
    return bytes;
}

Result<std::string> cbor_to_json(std::string_view cbor) {
    const JsonReader reader(cbor, Format::cbor);
    if (!reader.ok()) return reader.error();
    return reader.root().text();
}

}  // namespace varve
