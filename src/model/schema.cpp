#include "varve/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace varve {

namespace {

using detail::StoredKind;
using detail::StoredPart;
using detail::StoredType;

constexpr std::string_view heading =
    "# The shapes in which events, commands and timers are stored, one line for each field. Written by\n"
    "# varve::testing::check_schema; keep it under version control.\n";
/// In the place of the field of a shape that has none.
constexpr std::string_view no_field = "-: nothing";

std::string joined_names(std::vector<std::string_view> names) {
    std::ranges::sort(names);
    return fmt::format("{}", fmt::join(names, "|"));
}

/// Spells types, and collects the fields inside of them.
class Speller {
public:
    std::vector<StoredField> fields;

    void spell_parts(const std::string& path, const StoredType& type) {
        inside_.push_back(&type);
        std::size_t number = 0;
        for (const StoredPart& part : type.parts) {
            const std::string name = part.name.empty() ? std::to_string(number) : std::string(part.name);
            const std::string place = path.empty() ? name : path + "." + name;
            const std::size_t at = fields.size();
            fields.push_back({place, {}});
            std::string spelled = spell(place, part.type());
            fields[at].type = std::move(spelled);
            ++number;
        }
        inside_.pop_back();
    }

    std::string spell(const std::string& path, const StoredType& type) {
        switch (type.kind) {
            case StoredKind::boolean: return "bool";
            case StoredKind::integer: return fmt::format("{}int{}", type.bits < 0 ? "" : "u", std::abs(type.bits));
            case StoredKind::floating: return type.bits == 32 ? "float" : "double";
            case StoredKind::text: return "text";
            case StoredKind::time: return "time";
            case StoredKind::id: return "id";
            case StoredKind::json: return "json";
            case StoredKind::duration:
                return fmt::format("duration in {}{} s of {}", type.numerator,
                                   type.denominator == 1 ? "" : fmt::format("/{}", type.denominator),
                                   spell(path, type.inner()));
            case StoredKind::enumeration: return "enum " + enumerators(type);
            case StoredKind::optional: return "optional " + spell(path, type.inner());
            case StoredKind::personal: return "personal " + spell(path, type.inner());
            case StoredKind::list: return "list of " + spell(path, type.inner());
            case StoredKind::map: return "map of " + spell(path, type.inner());
            case StoredKind::tuple: spell_parts(path, type); return fmt::format("tuple of {}", type.parts.size());
            case StoredKind::variant: spell_parts(path, type); return "one of " + alternatives(type);
            case StoredKind::record: return record(path, type);
            case StoredKind::coded: return spell(path, type.inner());
            case StoredKind::none: break;
        }
        return {};
    }

private:
    std::string record(const std::string& path, const StoredType& type) {
        if (std::ranges::find(inside_, &type) != inside_.end()) return "record again";
        spell_parts(path, type);
        return "record";
    }
    static std::string enumerators(const StoredType& type) {
        std::vector<std::string_view> names;
        for (const std::string_view name : type.enumerators) {
            if (!name.empty()) names.push_back(name);
        }
        return joined_names(std::move(names));
    }
    static std::string alternatives(const StoredType& type) {
        std::vector<std::string_view> names;
        for (const StoredPart& part : type.parts) names.push_back(part.name);
        return joined_names(std::move(names));
    }

    std::vector<const StoredType*> inside_;
};

/// Takes the fields of another shape of the same name in.
void merge(StoredShape& into, StoredShape&& other) {
    for (StoredField& field : other.fields) {
        const auto same = std::ranges::find(into.fields, field.path, &StoredField::path);
        if (same == into.fields.end()) {
            into.fields.push_back(std::move(field));
        } else if (same->type != field.type) {
            same->type = fmt::format("{} or {}", std::min(same->type, field.type), std::max(same->type, field.type));
        }
    }
}

/// `event Deposited.v2 lines.cents: int64`, read from its end: only the name may hold spaces.
Result<> parse_line(std::string_view line, std::size_t number, std::vector<StoredShape>& shapes) {
    const auto colon = line.rfind(": ");
    const auto space = line.substr(0, colon).rfind(' ');
    const auto first = line.find(' ');
    const std::string_view kind = line.substr(0, first);
    const bool known = kind == "event" || kind == "command" || kind == "timer";
    if (!known || colon == std::string_view::npos || space == std::string_view::npos || space <= first + 1 ||
        space + 1 == colon || colon + 2 == line.size()) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("line {} is no line of a schema: '{}'", number, line)};
    }
    StoredShape shape{std::string(kind), std::string(line.substr(first + 1, space - first - 1))};
    if (line.substr(space + 1) != no_field) {
        shape.fields.push_back(
            {std::string(line.substr(space + 1, colon - space - 1)), std::string(line.substr(colon + 2))});
    }
    shapes.push_back(std::move(shape));
    return {};
}

}  // namespace

StoredShape detail::spell_shape(std::string_view kind, std::string_view name, const StoredType& type) {
    StoredShape shape{std::string(kind), std::string(name)};
    Speller speller;
    const std::string whole = speller.spell("", type);
    shape.fields = std::move(speller.fields);
    if (whole != "record") shape.fields.insert(shape.fields.begin(), {"value", whole});
    return shape;
}

Schema detail::spell_schema(std::span<const StoredNames> readers) {
    std::vector<StoredShape> shapes;
    const auto add = [&](std::string_view kind, std::span<const StoredPart> parts) {
        for (const StoredPart& part : parts) shapes.push_back(spell_shape(kind, part.name, part.type()));
    };
    for (const StoredNames& reader : readers) {
        add("event", reader.events);
        add("command", reader.commands);
        add("timer", reader.timers);
    }
    return Schema(std::move(shapes));
}

Schema::Schema(std::vector<StoredShape> shapes) {
    const auto place = [](const StoredShape& shape) { return std::tie(shape.kind, shape.name); };
    for (StoredShape& shape : shapes) {
        const auto at = std::ranges::lower_bound(shapes_, place(shape), {}, place);
        if (at != shapes_.end() && place(*at) == place(shape)) {
            merge(*at, std::move(shape));
        } else {
            shapes_.insert(at, std::move(shape));
        }
    }
    for (StoredShape& shape : shapes_) std::ranges::sort(shape.fields, {}, &StoredField::path);
}

Result<Schema> Schema::parse(std::string_view text) {
    std::vector<StoredShape> shapes;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end);
        text.remove_prefix(text.starts_with("\r\n") ? 2 : text.empty() ? 0 : 1);
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        if (Result<> parsed = parse_line(line, number, shapes); !parsed.ok()) return std::move(parsed).error();
    }
    return Schema(std::move(shapes));
}

std::string Schema::text() const {
    std::string text(heading);
    for (const StoredShape& shape : shapes_) {
        if (shape.fields.empty()) text += fmt::format("{} {} {}\n", shape.kind, shape.name, no_field);
        for (const StoredField& field : shape.fields) {
            text += fmt::format("{} {} {}: {}\n", shape.kind, shape.name, field.path, field.type);
        }
    }
    return text;
}

}  // namespace varve
