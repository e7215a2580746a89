#include "store/matching.hpp"

#include <algorithm>
#include <variant>

namespace varve::store {
namespace {

bool fits(const Query::Item& item, std::string_view type, const Tags& tags) {
    if (!item.types.empty() && std::ranges::find(item.types, type) == item.types.end()) return false;
    return std::ranges::all_of(item.tags, [&](const std::string& tag) { return tags.contains(tag); });
}

struct Matcher {
    const Event& event;
    bool operator()(const All&) const { return true; }
    bool operator()(const Stream& stream) const { return event.stream == stream.name; }
    bool operator()(const Category& category) const { return category_of(event.stream) == category.name; }
    bool operator()(const Query& query) const { return matches(query, event.type, event.tags); }
};

}  // namespace

bool matches(const Query& query, std::string_view type, const Tags& tags) {
    return std::ranges::any_of(query.items, [&](const Query::Item& item) { return fits(item, type, tags); });
}

bool matches(const Source& source, const Event& event) {
    return std::visit(Matcher{event}, source);
}

}  // namespace varve::store
