#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "varve/testing_schema.hpp"

namespace varve::testing {

namespace {

std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return {};
    return text.substr(prefix.size());
}

/// Whether all names of `a|b` are among the others.
bool all_among(std::string_view names, std::string_view others) {
    const auto split = [](std::string_view text) {
        std::set<std::string_view> parts;
        for (auto end = text.find('|'); end != std::string_view::npos; end = text.find('|')) {
            parts.insert(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        parts.insert(text);
        return parts;
    };
    return std::ranges::includes(split(others), split(names));
}

struct Integer {
    bool is_signed;
    int bits;
};

std::optional<Integer> integer(std::string_view type) {
    Integer number{!type.starts_with('u'), 0};
    const auto digits = after(type, number.is_signed ? "int" : "uint");
    if (!digits) return {};
    const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), number.bits);
    if (error != std::errc() || end != digits->data() + digits->size()) return {};
    return number;
}

bool holds(Integer all, Integer of) {
    return all.is_signed == of.is_signed ? all.bits >= of.bits : all.is_signed && all.bits > of.bits;
}

/// Whether a field of the type `now` reads whatever one of the type `old` has stored.
bool reads(std::string_view now, std::string_view old) {
    if (now == old) return true;
    if (const auto inner = after(now, "optional ")) return reads(*inner, after(old, "optional ").value_or(old));
    for (const std::string_view around : {"list of ", "map of ", "personal "}) {
        const auto outer = after(now, around), before = after(old, around);
        if (outer || before) return outer && before && reads(*outer, *before);
    }
    for (const std::string_view choice : {"enum ", "one of "}) {
        const auto names = after(now, choice), before = after(old, choice);
        if (names && before) return all_among(*before, *names);
    }
    const auto wide = integer(now), narrow = integer(old);
    if (wide && narrow) return holds(*wide, *narrow);
    return now == "double" && old == "float";
}

/// What to do when what is stored would not be read as before.
std::string advice(const StoredShape& shape, std::string_view first) {
    const std::string versions =
        shape.kind == "event"
            ? fmt::format("keep the old struct, with an upcaster, and give {} a new version (docs/schema.md)",
                          shape.name)
            : fmt::format("keep {} as it is, and give the new shape another name", shape.name);
    return fmt::format("{}{}; or, if none was ever stored, accept it with VARVE_ACCEPT_SCHEMA=1", first, versions);
}

class Comparison {
public:
    std::vector<SchemaChange> changes;

    void compare(const StoredShape& old, const StoredShape& now) {
        old_ = &old;
        now_ = &now;
        told_.clear();
        for (const StoredField& field : now.fields) look_at(field);
        for (const StoredField& field : old.fields) {
            if (find(now, field.path) == nullptr) removed(field);
        }
    }
    void appeared(const StoredShape& shape) { tell(true, fmt::format("{} {} is new", shape.kind, shape.name)); }
    void vanished(const StoredShape& shape) {
        const std::string_view keep =
            shape.kind == "event" ? "list it in a reader's Events, or name its struct as the old version of another one"
                                  : "go on naming it, so that those can still be done";
        tell(false,
             fmt::format("{0} {1} is gone: those that were stored would be read by nobody; {2}; or, if none was ever "
                         "stored, accept it with VARVE_ACCEPT_SCHEMA=1",
                         shape.kind, shape.name, keep));
    }

private:
    static const StoredField* find(const StoredShape& shape, std::string_view path) {
        const auto found = std::ranges::find(shape.fields, path, &StoredField::path);
        return found == shape.fields.end() ? nullptr : &*found;
    }
    static std::string_view parent(std::string_view path) {
        const auto dot = path.rfind('.');
        return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
    }
    /// Whether something was said of a place around this one already.
    [[nodiscard]] bool told(std::string_view path) const {
        for (path = parent(path); !path.empty(); path = parent(path)) {
            if (told_.contains(std::string(path))) return true;
        }
        return false;
    }
    void tell(bool compatible, std::string sentence) { changes.push_back({compatible, std::move(sentence)}); }
    void tell(const StoredField& field, bool compatible, std::string_view what, std::string_view instead) {
        const std::string start = fmt::format("field `{}` of {} {} {}", field.path, now_->kind, now_->name, what);
        told_.insert(field.path);
        tell(compatible, compatible ? start : start + "; " + advice(*now_, instead));
    }

    void look_at(const StoredField& field) {
        if (told(field.path)) return;
        if (const StoredField* before = find(*old_, field.path)) {
            if (before->type == field.type) return;
            const std::string what = fmt::format("changed from {} to {}", before->type, field.type);
            if (reads(field.type, before->type)) {
                // What is inside of it is looked at by itself.
                tell(true, fmt::format("field `{}` of {} {} {}, which reads whatever was stored", field.path,
                                       now_->kind, now_->name, what));
            } else {
                tell(field, false, fmt::format("{}: what is stored has the old shape", what), "");
            }
        } else if (field.type.starts_with("optional ") || is_alternative(field.path)) {
            tell(field, true, fmt::format("is new ({}), and absent in what is stored", field.type), "");
        } else {
            tell(field, false, fmt::format("is new ({}): what is stored does not have it", field.type),
                 "make it std::optional; or ");
        }
    }
    void removed(const StoredField& field) {
        if (told(field.path)) return;
        tell(field, false, "was removed: what is stored has it, and it would be passed over in silence", "");
    }
    /// One alternative more of a variant: nothing that is stored is of it.
    [[nodiscard]] bool is_alternative(std::string_view path) const {
        const StoredField* around = find(*now_, parent(path));
        return around != nullptr && around->type.find("one of ") != std::string::npos;
    }

    const StoredShape* old_ = nullptr;
    const StoredShape* now_ = nullptr;
    std::set<std::string> told_;
};

}  // namespace

std::vector<SchemaChange> schema_changes(const Schema& stored, const Schema& now) {
    Comparison comparison;
    const auto key = [](const StoredShape& shape) { return std::tie(shape.kind, shape.name); };
    auto old = stored.shapes().begin();
    for (const StoredShape& shape : now.shapes()) {
        for (; old != stored.shapes().end() && key(*old) < key(shape); ++old) comparison.vanished(*old);
        if (old != stored.shapes().end() && key(*old) == key(shape)) {
            comparison.compare(*old++, shape);
        } else {
            comparison.appeared(shape);
        }
    }
    for (; old != stored.shapes().end(); ++old) comparison.vanished(*old);
    return std::move(comparison.changes);
}

}  // namespace varve::testing
