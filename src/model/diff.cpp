#include "model/diff.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "model/fold.hpp"
#include "varve/json_value.hpp"

namespace varve {

namespace {

using Value = std::optional<JsonValue>;

/// Collects the places where two values differ.
class Comparison {
public:
    void compare(const std::string& place, const Value& before, const Value& after) {
        if (before && after && before->kind() == after->kind()) {
            if (before->kind() == JsonKind::object) return compare_members(place, *before, *after);
            if (before->kind() == JsonKind::array) return compare_elements(place, *before, *after);
        }
        FieldChange change{place, before ? before->text() : "", after ? after->text() : ""};
        if (change.before != change.after) changes.push_back(std::move(change));
    }

    std::vector<FieldChange> changes;

private:
    using Members = std::map<std::string_view, JsonValue>;

    static Members members_of(JsonValue object) {
        Members members;
        for (const auto& [name, value] : object.members()) members.emplace(name, value);
        return members;
    }

    void compare_members(const std::string& place, JsonValue before, JsonValue after) {
        const Members old = members_of(before), now = members_of(after);
        const auto at = [&](std::string_view name) {
            return place.empty() ? std::string(name) : place + "." + std::string(name);
        };
        for (const auto& [name, value] : after.members()) {
            if (now.at(name) != value) continue;  // a repeated name: the first one counts
            const auto found = old.find(name);
            compare(at(name), found == old.end() ? Value() : Value(found->second), value);
        }
        for (const auto& [name, value] : before.members()) {
            if (old.at(name) == value && !now.contains(name)) compare(at(name), value, {});
        }
    }

    void compare_elements(const std::string& place, JsonValue before, JsonValue after) {
        const std::vector<JsonValue> old = elements_of(before), now = elements_of(after);
        for (std::size_t i = 0; i < std::max(old.size(), now.size()); ++i) {
            compare(place + "[" + std::to_string(i) + "]", i < old.size() ? Value(old[i]) : Value(),
                    i < now.size() ? Value(now[i]) : Value());
        }
    }

    static std::vector<JsonValue> elements_of(JsonValue array) {
        std::vector<JsonValue> elements;
        for (const JsonValue element : array.elements()) elements.push_back(element);
        return elements;
    }
};

Result<std::optional<JsonDocument>> document_of(std::string_view text) {
    if (text.empty()) return std::optional<JsonDocument>();
    auto document = parse_json(text);
    if (!document.ok()) return std::move(document).error();
    return std::optional(std::move(*document));
}

}  // namespace

Result<std::vector<FieldChange>> json_changes(std::string_view before, std::string_view after) {
    const auto old = document_of(before);
    if (!old.ok()) return old.error();
    const auto now = document_of(after);
    if (!now.ok()) return now.error();
    Comparison comparison;
    comparison.compare("", *old ? Value((*old)->root()) : Value(), *now ? Value((*now)->root()) : Value());
    return std::move(comparison.changes);
}

std::ostream& operator<<(std::ostream& out, const StateChange& change) {
    const auto shown = [](const std::string& value) { return value.empty() ? "nothing" : value.c_str(); };
    out << "revision " << change.revision.value << ", " << change.type << ":";
    if (change.fields.empty()) out << " nothing changed";
    const char* separator = " ";
    for (const FieldChange& field : change.fields) {
        out << std::exchange(separator, ", ") << field.field << (field.field.empty() ? "" : " ") << shown(field.before)
            << " -> " << shown(field.after);
    }
    return out;
}

Result<std::vector<StateChange>> diff(const Store& store, const detail::StateType& type, const Selection& selection,
                                      const detail::StoredForm& form, void* state) {
    std::vector<StateChange> changes;
    auto before = detail::write_whole(form, state);
    if (!before.ok()) return std::move(before).error();
    const auto compare = [&](const Event& event) -> Result<> {
        auto after = detail::write_whole(form, state);
        if (!after.ok()) return std::move(after).error();
        auto fields = json_changes(*before, *after);
        if (!fields.ok()) return std::move(fields).error();
        changes.push_back({event.revision, event.position, event.created, std::string(event.type), std::move(*fields)});
        before = std::move(after);
        return {};
    };
    Reached reached;
    const Result<> folded = fold(store, type, selection, state, reached, compare);
    if (!folded.ok()) return folded.error();
    return changes;
}

}  // namespace varve
