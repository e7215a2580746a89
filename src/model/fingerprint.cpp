#include "model/fingerprint.hpp"

#include <fmt/format.h>

#include <bit>

#include "base/hash.hpp"
#include "varve/schema.hpp"

namespace varve {

namespace {

/// Part of the stored form: another number whenever snapshots are written in another way.
constexpr int snapshot_format = 1;

void spell(std::string& text, std::string_view kind, std::string_view name, const detail::StoredType& type) {
    text += fmt::format("{} {}\n", kind, name);
    for (const StoredField& field : detail::spell_shape(kind, name, type).fields) {
        text += fmt::format("{} {} {}: {}\n", kind, name, field.path, field.type);
    }
}

}  // namespace

Result<std::string> fingerprint_of(const detail::StateType& type, const LoadedCode& code) {
    if (type.form == nullptr) {
        return Error{.code = Code::unimplemented,
                     .message = "it has no JSON form (varve/json.hpp), or cannot be copied"};
    }
    const detail::StateForm& form = *type.form;
    std::string text = fmt::format("snapshot {} of {}\n", snapshot_format, type.name);
    spell(text, "state", type.name, form.stored.type());
    for (const detail::StoredPart& event : type.stored.events) spell(text, "event", event.name, event.type());
    if (form.version) {
        text += fmt::format("version {}\n", *form.version);
    } else {
        auto identity = code.identity(std::bit_cast<const void*>(type.make));
        if (!identity.ok()) return std::move(identity).error();
        text += *identity;
    }
    return to_hex(xxh3_128(text));
}

}  // namespace varve
