#include <simdjson.h>

#include <bit>
#include <cstring>
#include <new>

#include "base/cbor_tape.hpp"
#include "varve/detail/json_trouble.hpp"
#include "varve/json_value.hpp"

namespace varve {

namespace dom = simdjson::dom;

namespace {

/// A kept parser larger than this is given back to the system after use.
constexpr std::size_t kept_bytes_max = 1 << 20;
constexpr std::size_t first_bytes = 4096;

std::string_view reason_of(simdjson::error_code code) {
    switch (code) {
        case simdjson::CAPACITY: return "it is larger than 64 MiB";
        case simdjson::MEMALLOC: return "there is no memory left to read it";
        case simdjson::DEPTH_ERROR: return "it is nested more than 128 deep";
        case simdjson::STRING_ERROR: return "a string is badly escaped";
        case simdjson::T_ATOM_ERROR:
        case simdjson::F_ATOM_ERROR:
        case simdjson::N_ATOM_ERROR: return "a word is none of true, false and null";
        case simdjson::NUMBER_ERROR: return "a number is badly written or too large";
        case simdjson::UTF8_ERROR: return "it is not UTF-8";
        case simdjson::EMPTY: return "it is empty";
        case simdjson::UNESCAPED_CHARS: return "a string holds a bare control character; escape it";
        case simdjson::UNCLOSED_STRING: return "a string is not closed";
        default: return "a comma, colon, quote, brace or bracket is missing or misplaced";
    }
}

Error invalid(std::string_view reason, std::string_view language = "JSON") {
    return {.code = Code::invalid_argument,
            .message = "this is not valid " + std::string(language) + ": " + std::string(reason)};
}

}  // namespace

/// A parser and the tree it writes into, kept by its thread between uses.
struct JsonReader::Parser {
    dom::parser parser{json_bytes_max};
    dom::document document;
    dom::document cbor;
    std::size_t cbor_room = 0;

    /// Parses into `into`; answers the reason of a failure, or nothing.
    std::string_view parse(std::string_view text, dom::document& into) {
        if (text.size() > json_bytes_max) return reason_of(simdjson::CAPACITY);
        if (parser.capacity() < text.size() || parser.capacity() == 0) {
            // A power of two: a parser that grew byte by byte would allocate for every text.
            const std::size_t bytes = std::max(first_bytes, std::bit_ceil(text.size()));
            // Its limit is one that is not reached: of 128, it would read 127 unless the innermost is empty.
            if (const auto error = parser.allocate(bytes, json_depth_max + 1); error != simdjson::SUCCESS) {
                return reason_of(error);
            }
        }
        const auto error = parser.parse_into_document(into, text.data(), text.size()).error();
        return error == simdjson::SUCCESS ? std::string_view() : reason_of(error);
    }

    std::string_view parse(std::string_view text) {
        if (document.capacity() < text.size() && text.size() <= json_bytes_max) {
            const std::size_t bytes = std::max(first_bytes, std::bit_ceil(text.size()));
            if (const auto error = document.allocate(bytes); error != simdjson::SUCCESS) return reason_of(error);
        }
        return parse(text, document);
    }

    /// Out of its slot while in use, so that reading within reading (a codec that parses) takes another one.
    static std::unique_ptr<Parser>& kept() {
        static thread_local std::unique_ptr<Parser> parser;
        return parser;
    }
    static std::unique_ptr<Parser> take() {
        std::unique_ptr<Parser> parser = std::move(kept());
        if (!parser) parser = std::make_unique<Parser>();
        return parser;
    }
    static void give_back(std::unique_ptr<Parser> parser) {
        if (!kept() && parser->parser.capacity() <= kept_bytes_max && parser->cbor_room <= kept_bytes_max) {
            kept() = std::move(parser);
        }
    }
};

/// Between our handles and simdjson's: both are a document and a place in it.
struct JsonAccess {
    struct Place {
        const void* document;
        std::size_t place;
    };

    static dom::element element(JsonValue value) {
        return std::bit_cast<dom::element>(Place{value.document_, value.place_});
    }
    static dom::object::iterator member(JsonValue value) {
        return std::bit_cast<dom::object::iterator>(Place{value.document_, value.place_});
    }
    static dom::array::iterator array_element(JsonValue value) {
        return std::bit_cast<dom::array::iterator>(Place{value.document_, value.place_});
    }
    template <class Handle>
    static JsonValue value(const Handle& handle) {
        const auto place = std::bit_cast<Place>(handle);
        JsonValue value;
        value.document_ = place.document;
        value.place_ = place.place;
        return value;
    }
};

std::string_view describe(JsonKind kind) {
    switch (kind) {
        case JsonKind::null: return "null";
        case JsonKind::boolean: return "true or false";
        case JsonKind::integer:
        case JsonKind::large_integer: return "an integer";
        case JsonKind::number: return "a number";
        case JsonKind::string: return "a string";
        case JsonKind::array: return "an array";
        case JsonKind::object: return "an object";
    }
    return "nothing";
}

JsonKind JsonValue::kind() const {
    switch (JsonAccess::element(*this).type()) {
        case dom::element_type::ARRAY: return JsonKind::array;
        case dom::element_type::OBJECT: return JsonKind::object;
        case dom::element_type::INT64: return JsonKind::integer;
        case dom::element_type::UINT64: return JsonKind::large_integer;
        case dom::element_type::DOUBLE: return JsonKind::number;
        case dom::element_type::STRING: return JsonKind::string;
        case dom::element_type::BOOL: return JsonKind::boolean;
        case dom::element_type::NULL_VALUE: return JsonKind::null;
    }
    return JsonKind::null;
}

std::optional<bool> JsonValue::as_bool() const {
    bool value = false;
    if (JsonAccess::element(*this).get(value) != simdjson::SUCCESS) return {};
    return value;
}

std::optional<std::int64_t> JsonValue::as_int64() const {
    std::int64_t value = 0;
    if (JsonAccess::element(*this).get(value) != simdjson::SUCCESS) return {};
    return value;
}

std::optional<std::uint64_t> JsonValue::as_uint64() const {
    std::uint64_t value = 0;
    if (JsonAccess::element(*this).get(value) != simdjson::SUCCESS) return {};
    return value;
}

std::optional<double> JsonValue::as_double() const {
    double value = 0;
    if (JsonAccess::element(*this).get(value) != simdjson::SUCCESS) return {};
    return value;
}

std::optional<std::string_view> JsonValue::as_string() const {
    std::string_view value;
    if (JsonAccess::element(*this).get(value) != simdjson::SUCCESS) return {};
    return value;
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
    for (const auto [key, value] : members()) {
        if (key == name) return value;
    }
    return {};
}

JsonElements JsonValue::elements() const {
    dom::array array;
    if (JsonAccess::element(*this).get(array) != simdjson::SUCCESS) return {JsonValue(), JsonValue()};
    return {JsonAccess::value(array.begin()), JsonAccess::value(array.end())};
}

JsonMembers JsonValue::members() const {
    dom::object object;
    if (JsonAccess::element(*this).get(object) != simdjson::SUCCESS) return {JsonValue(), JsonValue()};
    return {JsonAccess::value(object.begin()), JsonAccess::value(object.end())};
}

std::string JsonValue::text() const {
    return simdjson::minify(JsonAccess::element(*this));
}

JsonElements::iterator& JsonElements::iterator::operator++() {
    auto place = JsonAccess::array_element(at_);
    at_ = JsonAccess::value(++place);
    return *this;
}

JsonMembers::iterator::value_type JsonMembers::iterator::operator*() const {
    const auto place = JsonAccess::member(at_);
    return {place.key(), JsonAccess::value(place.value())};
}

JsonMembers::iterator& JsonMembers::iterator::operator++() {
    auto place = JsonAccess::member(at_);
    at_ = JsonAccess::value(++place);
    return *this;
}

std::size_t JsonElements::size() const {
    std::size_t count = 0;
    for (auto at = begin_; at != end_; ++at) ++count;
    return count;
}

std::size_t JsonMembers::size() const {
    std::size_t count = 0;
    for (auto at = begin_; at != end_; ++at) ++count;
    return count;
}

bool JsonMembers::take(std::string_view name, JsonValue& value) {
    if (begin_ == end_) return false;
    auto place = JsonAccess::member(begin_.at_);
    if (place.key() != name) return false;
    value = JsonAccess::value(place.value());
    begin_.at_ = JsonAccess::value(++place);
    return true;
}

JsonReader::JsonReader(std::string_view text, Format format) : parser_(Parser::take()), format_(format) {
    reason_ = format == Format::cbor ? read_cbor(text, parser_->cbor, parser_->cbor_room) : parser_->parse(text);
}

JsonReader::~JsonReader() {
    Parser::give_back(std::move(parser_));
}

JsonValue JsonReader::root() const {
    return JsonAccess::value((format_ == Format::cbor ? parser_->cbor : parser_->document).root());
}

Error JsonReader::error() const {
    return invalid(reason_, format_ == Format::cbor ? "CBOR" : "JSON");
}

struct JsonDocument::Content {
    std::string text;
    dom::document document;
};

JsonDocument::JsonDocument(std::unique_ptr<Content> content) : content_(std::move(content)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const {
    return JsonAccess::value(content_->document.root());
}

Result<JsonDocument> parse_json(std::string_view text) {
    auto content = std::make_unique<JsonDocument::Content>();
    content->text = text;
    auto parser = JsonReader::Parser::take();
    const std::string_view reason = parser->parse(content->text, content->document);
    JsonReader::Parser::give_back(std::move(parser));
    if (!reason.empty()) return invalid(reason);
    return JsonDocument(std::move(content));
}

Result<> check_json(std::string_view text) {
    const JsonReader reader(text);
    return reader.ok() ? Result<>() : reader.error();
}

namespace {

/// Walks over JSON text that is known to be valid.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    [[nodiscard]] std::size_t at() const { return at_; }
    void over_space() { at_ = text_.find_first_not_of(" \t\r\n", at_); }
    void over_one() { ++at_; }
    void over_string() {
        for (++at_; text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\') ++at_;
        }
        ++at_;
    }
    void over_value() {
        std::size_t depth = 0;
        do {
            const char c = text_[at_];
            if (c == '"') {
                over_string();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                --depth;
                ++at_;
            } else if (depth > 0) {
                ++at_;
            } else {
                at_ = std::min(text_.size(), text_.find_first_of(",}] \t\r\n", at_));
            }
        } while (depth > 0);
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string_view JsonDocument::raw(std::string_view member) const {
    const std::string_view text = content_->text;
    Walk walk(text);
    walk.over_space();
    for (const auto [key, value] : root().members()) {
        walk.over_one();  // the brace or a comma
        walk.over_space();
        walk.over_string();
        walk.over_space();
        walk.over_one();  // the colon
        walk.over_space();
        const std::size_t begin = walk.at();
        walk.over_value();
        if (key == member) return text.substr(begin, walk.at() - begin);
        walk.over_space();
    }
    return {};
}

}  // namespace varve
