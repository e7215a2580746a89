#include "text/query_json.hpp"

#include <utility>
#include <vector>

#include "varve/json_value.hpp"

namespace varve::text {
namespace {

constexpr std::string_view shape = R"(write [{"types":["Joined"],"tags":["course:c1"]}])";

Error bad(const std::string& what) {
    return {.code = Code::invalid_argument, .message = what + "; " + std::string(shape)};
}

void append_names(std::string& into, std::string_view key, const std::vector<std::string>& names) {
    if (names.empty()) return;
    if (into.back() != '{') into += ',';
    append_json_string(into, key);
    into += ":[";
    for (const std::string& name : names) {
        if (into.back() != '[') into += ',';
        append_json_string(into, name);
    }
    into += ']';
}

Result<std::vector<std::string>> names_in(std::string_view key, JsonValue value) {
    const std::string place = "'" + std::string(key) + "' must be an array of strings";
    if (value.kind() != JsonKind::array) return bad(place + ", not " + std::string(describe(value.kind())));
    std::vector<std::string> names;
    for (const JsonValue element : value.elements()) {
        const auto name = element.as_string();
        if (!name) return bad(place + " only, not " + std::string(describe(element.kind())));
        names.emplace_back(*name);
    }
    return names;
}

Result<Query::Item> item_in(JsonValue value) {
    if (value.kind() != JsonKind::object)
        return bad("an item must be an object, not " + std::string(describe(value.kind())));
    Query::Item item;
    for (const auto& [key, member] : value.members()) {
        if (key != "types" && key != "tags") return bad("an item has no member '" + std::string(key) + "'");
        auto names = names_in(key, member);
        if (!names) return std::move(names).error();
        (key == "types" ? item.types : item.tags) = *std::move(names);
    }
    return item;
}

}  // namespace

std::string query_json(const Query& query) {
    std::string text = "[";
    for (const Query::Item& item : query.items) {
        text += text.back() == '[' ? "{" : ",{";
        append_names(text, "types", item.types);
        append_names(text, "tags", item.tags);
        text += '}';
    }
    return text + "]";
}

Result<Query> parse_query(std::string_view json) {
    const auto document = parse_json(json);
    if (!document) return bad("is not JSON: " + document.error().message);
    const JsonValue root = document->root();
    if (root.kind() != JsonKind::array)
        return bad("a query must be an array of items, not " + std::string(describe(root.kind())));
    Query query;
    for (const JsonValue element : root.elements()) {
        auto item = item_in(element);
        if (!item) return std::move(item).error();
        query.items.push_back(*std::move(item));
    }
    return query;
}

}  // namespace varve::text
