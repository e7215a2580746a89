#include "store/rules.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "store/names.hpp"
#include "varve/json_value.hpp"

namespace varve::store {
namespace {

// Names in stored events, never change:
constexpr std::string_view max_count_key = "$maxCount";
constexpr std::string_view max_age_key = "$maxAge";
constexpr std::string_view truncate_before_key = "$tb";

/// The largest number that other readers of these settings understand.
constexpr std::uint64_t number_max = std::numeric_limits<std::int64_t>::max();

/// Reads one number of the settings; says in `fault` what is wrong with it.
std::optional<std::uint64_t> number_of(JsonValue settings, std::string_view key, std::uint64_t least,
                                       std::string& fault) {
    const auto value = settings.find(key);
    if (!value) return std::nullopt;
    const auto number = value->as_uint64();
    if (number && *number >= least && *number <= number_max) return number;
    if (fault.empty()) {
        fault = "has the " + std::string(key) + " " + value->text() + "; it must be a whole number from " +
                std::to_string(least) + " to " + std::to_string(number_max);
    }
    return std::nullopt;
}

/// What the settings say; `fault` tells the first thing that is not understood.
Retention parse(std::string_view json, std::string& fault) {
    const auto document = parse_json(json);
    if (!document) {
        fault = "is not valid JSON (" + document.error().message + ")";
        return {};
    }
    const JsonValue root = document->root();
    if (root.kind() != JsonKind::object) {
        fault = "is " + std::string(describe(root.kind())) + " and not a JSON object";
        return {};
    }
    Retention keeps;
    keeps.max_count = number_of(root, max_count_key, 1, fault);
    if (const auto age = number_of(root, max_age_key, 1, fault)) {
        keeps.max_age = std::chrono::seconds(static_cast<std::int64_t>(*age));
    }
    if (const auto before = number_of(root, truncate_before_key, 0, fault)) keeps.truncate_before = Revision{*before};
    return keeps;
}

void add_number(std::string& json, std::string_view key, std::uint64_t number) {
    if (json.size() > 1) json += ',';
    append_json_string(json, key);
    json += ':';
    json += std::to_string(number);
}

}  // namespace

std::string settings_of(std::string_view stream) {
    std::string name(settings_prefix);
    return name += stream;
}

std::string settings_fault(const NewEvent& event) {
    const std::string_view subject = subject_of(event.stream);
    if (subject.empty()) return "its stream '$$' names no stream whose settings it could hold";
    if (is_settings(subject)) return "its stream " + in_quotes(event.stream) + " would hold settings of settings";
    if (event.type == tombstone_type) return {};
    if (event.type != metadata_type) {
        return "its stream " + in_quotes(event.stream) + " holds settings: only the types '" +
               std::string(metadata_type) + "' and '" + std::string(tombstone_type) + "' belong there";
    }
    std::string fault;
    static_cast<void>(parse(event.data, fault));
    return fault.empty() ? fault : "its data " + fault;
}

Rules rules_of(std::string_view type, std::string_view data) {
    if (type == tombstone_type) return {.ended = true};
    std::string fault;
    Rules rules;
    if (type == metadata_type) rules.keeps = parse(data, fault);
    return rules;
}

std::string with_rules(std::string_view json, const Retention& keeps) {
    std::string whole = "{";
    if (const auto document = parse_json(json.empty() ? "{}" : json)) {
        for (const auto& [key, value] : document->root().members()) {
            if (key == max_count_key || key == max_age_key || key == truncate_before_key) continue;
            if (whole.size() > 1) whole += ',';
            append_json_string(whole, key);
            whole += ':';
            whole += value.text();
        }
    }
    if (keeps.max_count) add_number(whole, max_count_key, *keeps.max_count);
    if (keeps.max_age) add_number(whole, max_age_key, static_cast<std::uint64_t>(keeps.max_age->count()));
    if (keeps.truncate_before) {
        add_number(whole, truncate_before_key, std::min(keeps.truncate_before->value, number_max));
    }
    return whole += '}';
}

Revision truncated(const Rules& rules, Revision before) {
    return rules.ended ? before : std::min(rules.keeps.truncate_before.value_or(Revision{0}), before);
}

Revision first_shown(const Standing& standing, const Rules& rules, Revision young) {
    if (!standing.last) return Revision{0};
    const Revision end = *standing.last + 1;
    if (standing.ended) return end;
    Revision first = std::max(standing.first, young);
    if (rules.keeps.max_count && *rules.keeps.max_count < end.value) {
        first = std::max(first, end - *rules.keeps.max_count);
    }
    return first;
}

StreamRetention retention_of(const Standing& standing, const Rules& rules, Revision first, const Event* settings) {
    StreamRetention answer{.state = standing.state(), .last = standing.last, .keeps = rules.keeps};
    if (standing.last && first <= *standing.last) answer.first = first;
    if (answer.keeps.truncate_before) answer.keeps.truncate_before = standing.first;
    if (settings != nullptr) {
        answer.settings_revision = settings->revision;
        if (settings->type == metadata_type) answer.settings = settings->data;
    }
    return answer;
}

Error tombstone_error(std::string_view stream) {
    Error error{.code = Code::failed_precondition,
                .message = "stream " + in_quotes(stream) +
                           " has a tombstone: its events are removed for ever and nothing can be appended to it; use "
                           "another name"};
    error.reason = "stream.tombstoned";
    error.conflict =
        std::make_shared<const Conflict>(Conflict{.stream = std::string(stream), .state = StreamState::tombstoned});
    return error;
}

}  // namespace varve::store
