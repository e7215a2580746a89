/// JSON as text and as a tree of values: parse, look around, take parts out. For text whose shape no struct describes
/// (an import line, metadata); structs are read and written by varve/json.hpp.
///
///     const auto line = varve::parse_json(R"({"stream": "a-1", "data": {"cents": 5}})").value();
///     line.root().find("stream")->as_string()  // "a-1"
///     line.raw("data")                          // {"cents": 5}
///
/// Accepted is RFC 8259 in UTF-8, nested up to 128 deep, integers from -2^63 to 2^64-1, up to 64 MiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve {

/// How values are written: as JSON, or as CBOR, which holds the same ones in fewer bytes (varve/cbor.hpp).
enum class Format : std::uint8_t { json, cbor };

/// The content type of data that is written as CBOR.
inline constexpr std::string_view cbor_content = "application/cbor";

/// How data of this content type is read: `application/cbor` as CBOR, all else as JSON.
[[nodiscard]] constexpr Format format_of_content(std::string_view content_type) {
    return content_type == cbor_content ? Format::cbor : Format::json;
}

inline constexpr std::size_t json_depth_max = 128;       ///< arrays and objects within one another
inline constexpr std::size_t json_bytes_max = 64 << 20;  ///< of one text

/// What a JSON value is. `integer` fits std::int64_t, `large_integer` only std::uint64_t, `number` has a fraction or
/// an exponent.
enum class JsonKind : std::uint8_t { null, boolean, integer, large_integer, number, string, array, object };

/// `null`, `true or false`, `an integer`, `an integer`, `a number`, `a string`, `an array`, `an object`: for messages.
[[nodiscard]] VARVE_API std::string_view describe(JsonKind kind);

class JsonElements;
class JsonMembers;

/// One value inside a JsonDocument, valid as long as that. Small: pass it by value. Reading is safe from any thread.
class VARVE_API JsonValue {
public:
    JsonValue() = default;  ///< only to be assigned to

    [[nodiscard]] JsonKind kind() const;
    [[nodiscard]] bool is_null() const { return kind() == JsonKind::null; }

    /// The value, or nothing when it is of another kind or out of range. `as_double` also reads integers.
    [[nodiscard]] std::optional<bool> as_bool() const;
    [[nodiscard]] std::optional<std::int64_t> as_int64() const;
    [[nodiscard]] std::optional<std::uint64_t> as_uint64() const;
    [[nodiscard]] std::optional<double> as_double() const;
    /// Unescaped UTF-8; a view into the document.
    [[nodiscard]] std::optional<std::string_view> as_string() const;

    /// The first member of that name; nothing when there is none, or this is not an object. Takes time linear in the
    /// number of members.
    [[nodiscard]] std::optional<JsonValue> find(std::string_view name) const;
    /// The elements of an array, for range-for; none when this is not an array.
    [[nodiscard]] JsonElements elements() const;
    /// The members of an object in their order, repeated names included; none when this is not an object.
    [[nodiscard]] JsonMembers members() const;

    /// This value as JSON text without white space. Numbers may be spelled anew (`1e2` as `100.0`).
    [[nodiscard]] std::string text() const;

    /// Whether both are the same place of the same document.
    friend bool operator==(JsonValue, JsonValue) = default;

private:
    friend struct JsonAccess;

    const void* document_ = nullptr;
    std::size_t place_ = 0;
};

/// The elements of an array.
class VARVE_API JsonElements {
public:
    class VARVE_API iterator {
    public:
        using value_type = JsonValue;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        JsonValue operator*() const { return at_; }
        iterator& operator++();
        friend bool operator==(const iterator&, const iterator&) = default;

    private:
        friend class JsonElements;
        explicit iterator(JsonValue at) : at_(at) {}
        JsonValue at_;
    };

    [[nodiscard]] iterator begin() const { return begin_; }
    [[nodiscard]] iterator end() const { return end_; }
    [[nodiscard]] std::size_t size() const;  ///< counts them one by one

private:
    friend class JsonValue;
    JsonElements(JsonValue begin, JsonValue end) : begin_(begin), end_(end) {}
    iterator begin_;
    iterator end_;
};

/// The members of an object.
class VARVE_API JsonMembers {
public:
    class VARVE_API iterator {
    public:
        using value_type = std::pair<std::string_view, JsonValue>;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        value_type operator*() const;
        iterator& operator++();
        friend bool operator==(const iterator&, const iterator&) = default;

    private:
        friend class JsonMembers;
        explicit iterator(JsonValue at) : at_(at) {}
        JsonValue at_;  // the member's name
    };

    [[nodiscard]] iterator begin() const { return begin_; }
    [[nodiscard]] iterator end() const { return end_; }
    [[nodiscard]] std::size_t size() const;  ///< counts them one by one

    /// When the first member has this name: takes it off the front into `value`. Otherwise false, nothing changed.
    [[nodiscard]] bool take(std::string_view name, JsonValue& value);

private:
    friend class JsonValue;
    JsonMembers(JsonValue begin, JsonValue end) : begin_(begin), end_(end) {}
    iterator begin_;
    iterator end_;
};

/// A parsed JSON text that owns its memory. Movable; values taken from it stay valid when it is moved.
class VARVE_API JsonDocument {
public:
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    [[nodiscard]] JsonValue root() const;
    /// The text of the root object's first member of that name, byte for byte as it was given. Empty when there is
    /// none, or the root is not an object. A view into the document.
    [[nodiscard]] std::string_view raw(std::string_view member) const;

private:
    friend VARVE_API Result<JsonDocument> parse_json(std::string_view text);
    struct Content;
    explicit JsonDocument(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

/// Parses one JSON text. Fails with `invalid_argument` and the reason when it is not valid.
[[nodiscard]] VARVE_API Result<JsonDocument> parse_json(std::string_view text);

/// Whether the text is valid JSON: `invalid_argument` with the reason when it is not.
[[nodiscard]] VARVE_API Result<> check_json(std::string_view text);

/// Appends `text` as a JSON string with its quotes. Always appends a valid one: bytes that are not UTF-8 become
/// U+FFFD, and the answer is then false.
VARVE_API bool append_json_string(std::string& out, std::string_view text);

/// Any JSON, kept as text: a field of this type carries what no struct describes. Must hold valid JSON when written.
/// Read from a larger text, it is without white space, and numbers may be spelled anew.
struct Json {
    std::string text = "null";
    friend bool operator==(const Json&, const Json&) = default;
};

}  // namespace varve
