#include <array>
#include <utility>

#include "base/cbor_out.hpp"
#include "base/json_out.hpp"
#include "varve/detail/json_read.hpp"
#include "varve/detail/json_write.hpp"
#include "varve/detail/stored_type.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {
namespace {

using Places = std::array<void*, reflect::detail::fields_max>;

/// Room for a small value, so that a usual event is written without growing the text again and again.
constexpr std::size_t first_reserve = 240;

bool write_fields(const StoredType& type, const Places& at, ValueOut& out, JsonTrouble& trouble) {
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
        const StoredPart& part = type.parts[i];
        out.member(i, part.name);
        const StoredType& field = part.type();
        if (!field.write(field, at[i], out, trouble)) return trouble.in_field(part.name);
    }
    return true;
}

/// The same, remembering the way, and whose the values are if the record says so.
bool write_personal_fields(const StoredType& type, const void* record, const Places& at, ValueOut& out,
                           JsonTrouble& trouble) {
    PersonalPlaces& places = trouble.places();
    std::string owner;
    std::string subject;
    if (type.owns) {
        owner = std::exchange(places.owner, std::string(type.owner));
        subject = std::exchange(places.subject, type.subject(record));
    }
    bool good = true;
    for (std::size_t i = 0; good && i < type.parts.size(); ++i) {
        const StoredPart& part = type.parts[i];
        out.member(i, part.name);
        const PersonalStep step(places, part.name);
        const StoredType& field = part.type();
        good = field.write(field, at[i], out, trouble) || trouble.in_field(part.name);
    }
    if (type.owns) {
        places.owner = std::move(owner);
        places.subject = std::move(subject);
    }
    return good;
}

/// Members usually come in the order of the fields, so each is first looked for at the front of what is left; after
/// the first that is not there, all further ones are searched. So the first of a repeated member wins, always.
class RecordReader {
public:
    RecordReader(JsonValue from, JsonTrouble& trouble) : from_(from), rest_(from.members()), trouble_(trouble) {}

    bool read(const StoredPart& part, void* at) {
        const StoredType& type = part.type();
        JsonValue value;
        return (find(part.name, value) ? type.read(type, at, value, trouble_) : read_absent(type, at)) ||
               trouble_.in_field(part.name);
    }

private:
    /// A field that the object does not have: fine for an optional one.
    bool read_absent(const StoredType& type, void* at) {
        if (type.reset == nullptr) return trouble_.say("this field is missing");
        type.reset(at);
        return true;
    }
    bool find(std::string_view name, JsonValue& value) {
        if (in_order_ && rest_.take(name, value)) return true;
        in_order_ = false;
        const auto found = from_.find(name);
        if (found) value = *found;
        return found.has_value();
    }

    JsonValue from_;
    JsonMembers rest_;
    JsonTrouble& trouble_;
    bool in_order_ = true;
};

/// Only when all fields are there can a record say whose the personal values among them are.
bool read_personal_fields(const StoredType& type, void* record, const Places& at, RecordReader reader,
                          PersonalPlaces& places) {
    const std::size_t before = places.unowned.size();
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
        const PersonalStep step(places, type.parts[i].name);
        if (!reader.read(type.parts[i], at[i])) return false;
    }
    if (type.subject == nullptr || places.unowned.size() == before) return true;
    const std::string subject = type.subject(record);
    for (std::size_t i = before; i < places.unowned.size(); ++i) places.unowned[i]->subject = subject;
    places.unowned.resize(before);
    return true;
}

}  // namespace

bool write_record(const StoredType& type, const void* value, ValueOut& out, JsonTrouble& trouble) {
    const JsonTrouble::Level level(trouble);
    if (level.too_deep()) return trouble.say_too_deep();
    Places at;
    if (type.fields != nullptr) type.fields(const_cast<void*>(value), at.data());
    out.begin_object(type.parts.size());
    const bool good = trouble.personal() == nullptr ? write_fields(type, at, out, trouble)
                                                    : write_personal_fields(type, value, at, out, trouble);
    out.end_object();
    return good;
}

bool read_record(const StoredType& type, void* value, JsonValue from, JsonTrouble& trouble) {
    if (from.kind() != JsonKind::object) return trouble.expected("an object", from);
    Places at;
    if (type.fields != nullptr) type.fields(value, at.data());
    RecordReader reader(from, trouble);
    if (PersonalPlaces* places = trouble.personal()) return read_personal_fields(type, value, at, reader, *places);
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
        if (!reader.read(type.parts[i], at[i])) return false;
    }
    return true;
}

std::size_t find_alternative(const StoredType& type, JsonValue from, JsonValue& value, JsonTrouble& trouble) {
    const std::size_t none = type.parts.size();
    const auto members = from.members();
    if (members.size() != 1) {
        trouble.expected("an object with one member, named by its type", from);
        return none;
    }
    const auto [name, member] = *members.begin();
    value = member;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < none; ++i) {
        if (type.parts[i].name == name) return i;
        names.push_back(type.parts[i].name);
    }
    not_one_of(names.data(), names.size(), from, trouble);
    return none;
}

Result<std::string> write_whole(const StoredForm& form, const void* value, Format format, std::string_view event) {
    const StoredType& type = form.type();
    std::string bytes;
    if (type.kind == StoredKind::record) bytes.reserve(first_reserve);
    JsonTrouble trouble;
    if (form.personal) trouble.places().event = event;
    JsonOut json(bytes);
    CborOut cbor(bytes);
    ValueOut& out = format == Format::cbor ? static_cast<ValueOut&>(cbor) : json;
    if (!type.write(type, value, out, trouble)) return trouble.error(root_name(type));
    return bytes;
}

Result<> read_whole(const StoredForm& form, void* value, JsonValue from, std::string_view event) {
    const StoredType& type = form.type();
    JsonTrouble trouble;
    if (form.personal) trouble.places().event = event;
    if (!type.read(type, value, from, trouble)) return trouble.error(root_name(type));
    return {};
}

Result<> read_whole(const StoredForm& form, void* value, std::string_view bytes, Format format,
                    std::string_view event) {
    const JsonReader reader(bytes, format);
    if (!reader.ok()) return reader.error().within(root_name(form.type()));
    return read_whole(form, value, reader.root(), event);
}

}  // namespace varve::detail
