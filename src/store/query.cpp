#include <string>
#include <string_view>
#include <vector>

#include "store/names.hpp"
#include "varve/selection.hpp"

namespace varve {
namespace {

/// A query may hold 256 names of 256 bytes: what is beyond this is left out.
constexpr std::size_t shown_bytes_max = 1000;

void append_names(std::string& text, std::string_view noun, const std::vector<std::string>& names,
                  std::string_view joint) {
    text += noun;
    if (names.size() > 1 && joint == " and ") text += 's';
    std::string_view before = " ";
    for (const std::string& name : names) {
        text += before;
        if (text.size() > shown_bytes_max) {
            text += "...";
            return;
        }
        text += store::in_quotes(name);
        before = joint;
    }
}

}  // namespace

std::string to_string(const Query& query) {
    std::string text;
    for (const Query::Item& item : query.items) {
        if (!text.empty()) text += "; or ";
        if (text.size() > shown_bytes_max) return text + "...";
        if (!item.types.empty()) append_names(text, "type", item.types, " or ");
        if (!item.types.empty() && !item.tags.empty()) text += " with ";
        if (!item.tags.empty()) append_names(text, "tag", item.tags, " and ");
    }
    return text;
}

}  // namespace varve
