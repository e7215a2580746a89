#include <algorithm>
#include <cstddef>
#include <string_view>

#include "varve/detail/json_read.hpp"
#include "varve/detail/json_write.hpp"

namespace varve::detail {

namespace {

/// Of text that is valid: the arrays and objects within one another.
std::size_t depth_of(std::string_view json) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (quoted && c == '\\') {
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '[')) {
            deepest = std::max(deepest, ++depth);
        } else if (!quoted && (c == '}' || c == ']')) {
            --depth;
        }
    }
    return deepest;
}

}  // namespace

bool write_text(std::string_view text, ValueOut& out, JsonTrouble& trouble) {
    return out.text(text) || trouble.say("this text is not UTF-8");
}

bool write_any(const Json& json, ValueOut& out, JsonTrouble& trouble) {
    const Result<> valid = check_json(json.text);
    if (!valid.ok()) return trouble.say(valid.error().message);
    // What is read again is the whole. Nothing is deeper than half of its length.
    if (json.text.size() / 2 > trouble.room() && depth_of(json.text) > trouble.room()) {
        return trouble.say_too_deep();
    }
    out.json(json.text);
    return true;
}

bool write_time(Timestamp time, ValueOut& out, JsonTrouble& trouble) {
    static constexpr std::chrono::sys_days first = std::chrono::year(0) / 1 / 1;
    static constexpr std::chrono::sys_days beyond = std::chrono::year(10000) / 1 / 1;
    if (time < first || time >= beyond) return trouble.say("this time lies outside of the years 0 to 9999");
    out.word(to_string(time));
    return true;
}

bool read_bool(bool& value, JsonValue from, JsonTrouble& trouble) {
    const auto read = from.as_bool();
    if (!read) return trouble.expected("true or false", from);
    value = *read;
    return true;
}

bool read_text(std::string& value, JsonValue from, JsonTrouble& trouble) {
    const auto text = from.as_string();
    if (!text) return trouble.expected("a string", from);
    value = *text;
    return true;
}

bool read_double(double& value, JsonValue from, JsonTrouble& trouble) {
    const auto number = from.as_double();
    if (!number) return trouble.expected("a number", from);
    value = *number;
    return true;
}

bool read_time(Timestamp& value, JsonValue from, JsonTrouble& trouble) {
    static constexpr std::string_view form = "a time such as 2026-11-23T07:51:09Z";
    const auto text = from.as_string();
    if (!text) return trouble.expected(form, from);
    const auto time = parse_timestamp(*text);
    if (!time) return trouble.expected_text(form, *text);
    value = *time;
    return true;
}

bool read_id(EventId& value, JsonValue from, JsonTrouble& trouble) {
    static constexpr std::string_view form = "an event id such as 01234567-89ab-cdef-0123-456789abcdef";
    const auto text = from.as_string();
    if (!text) return trouble.expected(form, from);
    const auto id = EventId::parse(*text);
    if (!id) return trouble.expected_text(form, *text);
    value = *id;
    return true;
}

bool not_an_integer(JsonValue from, std::int64_t least, std::uint64_t most, JsonTrouble& trouble) {
    const JsonKind kind = from.kind();
    if (kind != JsonKind::integer && kind != JsonKind::large_integer) return trouble.expected("an integer", from);
    return trouble.expected("an integer from " + std::to_string(least) + " to " + std::to_string(most), from);
}

bool not_one_of(const std::string_view* names, std::size_t count, JsonValue from, JsonTrouble& trouble) {
    static constexpr std::size_t shown_max = 12;
    std::string wanted;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (names[i].empty()) continue;
        if (++shown > shown_max) continue;
        wanted += wanted.empty() ? "one of " : ", ";
        wanted += names[i];
    }
    if (shown > shown_max) wanted += " and " + std::to_string(shown - shown_max) + " more";
    if (const auto text = from.as_string()) return trouble.expected_text(wanted, *text);
    if (from.kind() == JsonKind::object) {
        for (const auto [name, value] : from.members()) return trouble.expected_text(wanted, name);
    }
    return trouble.expected(wanted, from);
}

}  // namespace varve::detail
