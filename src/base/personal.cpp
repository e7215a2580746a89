#include "varve/personal.hpp"

namespace varve {

namespace {

// Part of the stored form, never change: docs/personal-data.md.
constexpr std::string_view sealed_member = "$sealed";
constexpr std::string_view event_member = "event";
constexpr std::string_view field_member = "field";
constexpr std::string_view forgotten_member = "$forgotten";
/// Written by tests only, and never read by anybody else.
constexpr std::string_view clear_member = "$clear";

thread_local const KeysHere* innermost = nullptr;

Error no_keys() {
    return Error{.code = Code::failed_precondition,
                 .message =
                     "it is personal, and there are no keys to seal and open it with; give the App some: "
                     "varve::App app{store, varve::open_keys(\"FILE\").value()}",
                 .reason = "personal.no_keys"};
}

Error gone() {
    return Error{.code = Code::not_found,
                 .message = "the value is gone: its subject was forgotten",
                 .reason = "personal.forgotten"};
}

bool is_refused_as_forgotten(const Error& error) {
    return error.reason == "personal.forgotten";
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
    append_json_string(out, text);
}

void write_token(std::string& out, const detail::SealedValue& value, bool in_event) {
    out += '{';
    append_member(out, sealed_member, value.token);
    if (!in_event) {
        append_member(out, event_member, value.event);
        append_member(out, field_member, value.field);
    }
    out += '}';
}

bool write_gone(std::string& out) {
    out += "{\"";
    out += forgotten_member;
    out += "\":true}";
    return true;
}

/// Into another event, or for another subject: opened, and sealed for that.
bool seal_again(std::string& out, const detail::SealedValue& value, JsonTrouble& trouble) {
    Result<std::string> clear = detail::open_sealed(&value);
    if (!clear.ok()) {
        return detail::is_forgotten(&value) ? write_gone(out) : trouble.say(std::move(clear).error());
    }
    const bool written = detail::write_clear(out, *clear, trouble);
    detail::wipe(*clear);
    return written;
}

/// The string member of an object, nothing when there is none.
std::optional<std::string> text_of(JsonValue object, std::string_view member) {
    const auto found = object.find(member);
    const auto text = found ? found->as_string() : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool read_token(JsonValue from, std::shared_ptr<const detail::SealedValue>& sealed, JsonTrouble& trouble) {
    auto token = text_of(from, sealed_member);
    if (!token) return trouble.expected("a sealed value, such as {\"$sealed\":\"...\"}", from);
    if (KeysHere::clear_now()) return trouble.say("a sealed value cannot be read by a test without a store");
    if (!KeysHere::now()) return trouble.say(no_keys());
    detail::PersonalPlaces& places = trouble.places();
    auto event = text_of(from, event_member);
    auto field = text_of(from, field_member);
    auto value = std::make_shared<detail::SealedValue>();
    value->keys = KeysHere::now();
    value->token = std::move(*token);
    if (!places.event.empty()) {
        if (event || field) return trouble.say("a sealed value of another place was put into this event");
        value->event = places.event;
        value->field = places.path;
        places.unowned.push_back(value);
    } else {
        if (!event || !field) return trouble.say("a sealed value that is in no event must say where it comes from");
        value->event = std::move(*event);
        value->field = std::move(*field);
    }
    sealed = std::move(value);
    return true;
}

}  // namespace

detail::Sealer::~Sealer() = default;

KeysHere::KeysHere(std::shared_ptr<detail::Sealer> keys) : keys_(std::move(keys)), before_(innermost) {
    innermost = this;
}
KeysHere::KeysHere(Clear) : clear_(true), before_(innermost) {
    innermost = this;
}
KeysHere::KeysHere(LeftOut) : left_out_(true), before_(innermost) {
    innermost = this;
}
KeysHere::~KeysHere() {
    innermost = before_;
}

const std::shared_ptr<detail::Sealer>& KeysHere::now() {
    static const std::shared_ptr<detail::Sealer> none;
    return innermost == nullptr ? none : innermost->keys_;
}
bool KeysHere::clear_now() {
    return innermost != nullptr && innermost->clear_;
}
bool KeysHere::left_out_now() {
    return innermost != nullptr && innermost->left_out_;
}

namespace detail {

Result<std::string> open_sealed(const SealedValue* value) {
    if (value == nullptr) {
        return Error{.code = Code::not_found, .message = "there is no value", .reason = "personal.empty"};
    }
    if (value->token.empty()) return gone();
    Result<std::string> clear = value->keys->open({value->subject, value->event, value->field}, value->token);
    if (clear.ok()) return clear;
    return std::move(clear).error().within("personal value " + value->event + "." + value->field);
}

bool is_forgotten(const SealedValue* value) {
    return value != nullptr && (value->token.empty() || value->keys->forgotten(value->token));
}

Result<std::shared_ptr<const SealedValue>> seal_here(const SealPlace& place, std::string_view clear) {
    if (!KeysHere::now()) return no_keys();
    if (place.subject.empty()) {
        return Error{.code = Code::invalid_argument,
                     .message = "it is personal, and its subject() is empty; say whose it is"};
    }
    Result<std::string> token = KeysHere::now()->seal(place, clear);
    if (!token.ok()) return std::move(token).error();
    return std::shared_ptr<const SealedValue>(
        std::make_shared<SealedValue>(SealedValue{KeysHere::now(), std::move(*token), std::string(place.subject),
                                                  std::string(place.event), std::string(place.field)}));
}

void wipe(std::string& text) {
    volatile char* at = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) at[i] = 0;
    text.clear();
}

bool write_clear(std::string& out, std::string_view clear, JsonTrouble& trouble) {
    if (KeysHere::left_out_now()) {
        out += "null";
        return true;
    }
    if (KeysHere::clear_now()) {
        out += "{\"";
        out += clear_member;
        out += "\":";
        out += clear;
        out += '}';
        return true;
    }
    const PersonalPlaces& places = trouble.places();
    const bool in_event = !places.event.empty();
    if (places.owner.empty()) {
        return trouble.say("it is personal, and nobody says whose; give the struct `std::string subject() const`");
    }
    const auto sealed = seal_here({places.subject, in_event ? places.event : places.owner, places.path}, clear);
    if (!sealed.ok()) {
        // Only an event is refused; what merely remembers forgets.
        if (!in_event && is_refused_as_forgotten(sealed.error())) return write_gone(out);
        return trouble.say(sealed.error());
    }
    write_token(out, **sealed, in_event);
    return true;
}

bool write_sealed(std::string& out, const SealedValue* value, JsonTrouble& trouble) {
    if (value == nullptr || KeysHere::left_out_now()) {
        out += "null";
        return true;
    }
    if (value->token.empty()) return write_gone(out);
    const PersonalPlaces& places = trouble.places();
    const bool in_event = !places.event.empty();
    const bool same_place = value->keys == KeysHere::now() && value->event == places.event &&
                            value->field == places.path && value->subject == places.subject;
    if (in_event && !same_place) return seal_again(out, *value, trouble);
    write_token(out, *value, in_event);
    return true;
}

bool read_sealed(JsonValue from, std::optional<JsonValue>& clear, std::shared_ptr<const SealedValue>& sealed,
                 JsonTrouble& trouble) {
    if (from.is_null()) return true;
    if (from.kind() != JsonKind::object) {
        return trouble.expected("a sealed value, such as {\"$sealed\":\"...\"}", from);
    }
    if (const auto gone_for_good = from.find(forgotten_member); gone_for_good && gone_for_good->as_bool() == true) {
        sealed = std::make_shared<SealedValue>();
        return true;
    }
    if (const auto value = from.find(clear_member); value && KeysHere::clear_now()) {
        clear = *value;
        return true;
    }
    return read_token(from, sealed, trouble);
}

Error unfit_clear(const SealedValue* value) {
    const std::string what = value == nullptr ? "a personal value" : value->event + "." + value->field;
    return {.code = Code::invalid_argument,
            .message = what + " opens, but does not fit the type of its field (not shown here: it is personal)"};
}

std::shared_ptr<const SealedValue> sealed_to_keep(const SealPlace& place, std::string_view clear) {
    auto sealed = seal_here(place, clear);
    if (!sealed.ok() && is_refused_as_forgotten(sealed.error())) return std::make_shared<SealedValue>();
    return std::move(sealed).value();
}

void refuse_clear(std::string_view owner) {
    throw Failure(Error{.code = Code::failed_precondition,
                        .message = "a personal value in " + std::string(owner) +
                                   " is clear, so it could not be forgotten; copy the Personal of the event as it is, "
                                   "or give " +
                                   std::string(owner) + " `std::string subject() const`"});
}

}  // namespace detail
}  // namespace varve
