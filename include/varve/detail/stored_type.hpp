/// A C++ type as data: its stored shape, and how a value of it is written and read without knowing the type. From it
/// work JSON, CBOR, schemas, fingerprints, and the questions whether something can be stored or is personal: one
/// description for each type instead of templates for each use. Inside of varve/json.hpp; not meant to be included by
/// applications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "varve/detail/json_trouble.hpp"
#include "varve/detail/value_out.hpp"
#include "varve/json_value.hpp"

namespace varve::detail {

enum class StoredKind : std::uint8_t {
    boolean,
    integer,
    floating,
    text,
    time,
    id,
    json,
    duration,
    enumeration,
    record,
    variant,
    tuple,
    list,
    map,
    optional,
    personal,
    coded,  ///< what its codec makes of it
    none,   ///< has no stored form
};

struct StoredPart;
struct StoredType;
/// Asked for when it is needed, so that a type may hold itself.
using StoredTypeOf = const StoredType& (*)();
/// `value` is of the type that is described. False: the trouble says why.
using WriteValue = bool (*)(const StoredType& type, const void* value, ValueOut& out, JsonTrouble& trouble);
using ReadValue = bool (*)(const StoredType& type, void* value, JsonValue from, JsonTrouble& trouble);

/// One for each type, made by the compiler; types refer to one another, and records to themselves.
struct StoredType {
    StoredKind kind = StoredKind::none;
    int bits = 0;  ///< integers and floating point; negative: signed
    std::string_view name = {};
    std::span<const StoredPart> parts = {};  ///< fields, alternatives, elements
    // What the compiler asks about. It asks for no address: under sanitizers g++ knows none before the program runs.
    std::string_view spelling = {};  ///< of a record, and of no other type
    bool holds = false;              ///< there is an `inner`
    bool writable = false;
    bool readable = false;
    bool owns = false;  ///< it says whose its personal values are

    StoredTypeOf inner = nullptr;  ///< of lists, maps, optional and personal values, codecs, durations
    std::span<const std::string_view> enumerators = {};  ///< with gaps
    std::intmax_t numerator = 0, denominator = 0;        ///< of a duration: its unit in seconds

    WriteValue write = nullptr;                         ///< nullptr: cannot be written
    ReadValue read = nullptr;                           ///< nullptr: cannot be read
    void (*fields)(void* record, void** at) = nullptr;  ///< where the fields of a record are; in the order of parts
    void (*reset)(void* optional) = nullptr;
    std::string_view owner = {};  ///< of a record that says whose its personal values are: its stored name
    std::string (*subject)(const void* record) = nullptr;  ///< and what it says
};

struct StoredPart {
    std::string_view name;
    StoredTypeOf type;
    bool constant = false;  ///< a field that cannot be read
};

/// What T is stored as.
template <class T>
constexpr const StoredType& stored_type();

/// How an error calls a value of this type at the root.
[[nodiscard]] constexpr std::string_view root_name(const StoredType& type) {
    return type.kind == StoredKind::record || type.kind == StoredKind::coded ? type.name : "JSON";
}

/// A type of which whole values are written and read.
struct StoredForm {
    StoredTypeOf type;
    bool personal;  ///< something in it is
};

/// A whole value in the format. `event` is the name under which an event is stored, for values that are bound to it.
[[nodiscard]] VARVE_API Result<std::string> write_whole(const StoredForm& form, const void* value,
                                                        Format format = Format::json, std::string_view event = {});
/// The same back, into a value that has its default.
[[nodiscard]] VARVE_API Result<> read_whole(const StoredForm& form, void* value, JsonValue from,
                                            std::string_view event = {});
[[nodiscard]] VARVE_API Result<> read_whole(const StoredForm& form, void* value, std::string_view bytes,
                                            Format format = Format::json, std::string_view event = {});

}  // namespace varve::detail
