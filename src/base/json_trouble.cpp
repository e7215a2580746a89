#include "varve/detail/json_trouble.hpp"

namespace varve {
namespace {

/// What a person needs to recognise a wrong value, and no more.
constexpr std::size_t shown_bytes_max = 40;

std::string shown(std::string_view text) {
    if (text.size() <= shown_bytes_max) return "'" + std::string(text) + "'";
    std::size_t end = shown_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
    return "'" + std::string(text.substr(0, end)) + "...'";
}

}  // namespace

bool JsonTrouble::say(std::string what) {
    what_ = std::move(what);
    return false;
}

bool JsonTrouble::say(Error why) {
    places().code = why.code;
    places().reason = std::move(why.reason);
    return say(std::move(why.message));
}

bool JsonTrouble::say_too_deep() {
    return say("this makes the whole nested more than " + std::to_string(json_depth_max) + " deep");
}

bool JsonTrouble::expected(std::string_view what, JsonValue found) {
    what_ = "expected ";
    what_ += what;
    what_ += ", found ";
    const JsonKind kind = found.kind();
    what_ += describe(kind);
    if (kind == JsonKind::integer || kind == JsonKind::large_integer || kind == JsonKind::number) {
        what_ += " (" + found.text() + ")";
    }
    return false;
}

bool JsonTrouble::expected_text(std::string_view what, std::string_view found) {
    what_ = "expected ";
    what_ += what;
    what_ += ", found " + shown(found);
    return false;
}

bool JsonTrouble::in_field(std::string_view name) {
    path_.insert(0, "." + std::string(name));
    return false;
}

bool JsonTrouble::in_element(std::size_t index) {
    path_.insert(0, "[" + std::to_string(index) + "]");
    return false;
}

bool JsonTrouble::in_key(std::string_view key) {
    path_.insert(0, "[" + shown(key) + "]");
    return false;
}

Error JsonTrouble::error(std::string_view root) const {
    return {.code = places_ ? places_->code : Code::invalid_argument,
            .message = std::string(root) + path_ + ": " + what_,
            .reason = places_ ? places_->reason : std::string()};
}

}  // namespace varve
