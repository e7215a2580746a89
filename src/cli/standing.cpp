#include "cli/standing.hpp"

#include "cli/age.hpp"
#include "cli/text.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

std::string revisions(Revision first, Revision last) {
    if (first == last) return "revision " + std::to_string(first.value);
    return "revisions " + std::to_string(first.value) + ".." + std::to_string(last.value);
}

/// The last revision that is removed; nothing: none is.
std::optional<Revision> last_removed(const StreamRetention& standing) {
    if (!standing.last) return std::nullopt;
    if (!standing.first) return standing.last;
    return *standing.first > Revision{0} ? std::optional(*standing.first - 1) : std::nullopt;
}

}  // namespace

std::string keeps_text(const Retention& keeps) {
    std::string text;
    if (keeps.max_count) text = "the last " + counted(*keeps.max_count, "event");
    if (keeps.max_age) text += (text.empty() ? "events" : ",") + (" of at most " + age_text(*keeps.max_age));
    if (keeps.truncate_before) {
        text += (text.empty() ? "events" : ",") + (" from revision " + std::to_string(keeps.truncate_before->value)) +
                " on";
    }
    return text.empty() ? "everything" : text;
}

std::string shown_text(const StreamRetention& standing) {
    if (!standing.last) return "it has no event";
    std::string text = "reads show ";
    text += standing.first ? revisions(*standing.first, *standing.last) : "no event";
    const auto removed = last_removed(standing);
    if (!removed) return text;
    return text + "; " + revisions(Revision{0}, *removed) +
           (removed == Revision{0} ? " is removed, and a compaction frees its room"
                                   : " are removed, and a compaction frees their room");
}

std::string standing_text(const std::string& stream, const StreamRetention& standing) {
    const auto field = [](std::string_view name, const std::string& value) { return padded(name, 10) + value + "\n"; };
    std::string text = field("stream", one_line(stream)) + field("state", std::string(to_string(standing.state)));
    if (standing.state != StreamState::tombstoned) text += field("keeps", keeps_text(standing.keeps));
    text += field("so", shown_text(standing));
    if (!standing.settings.empty()) text += field("settings", one_line(standing.settings));
    return text;
}

std::string standing_json(const std::string& stream, const StreamRetention& standing, const Receipt* receipt) {
    const auto number = [](std::string_view key, const auto& value) {
        return ",\"" + std::string(key) + "\":" + (value ? std::to_string(value->value) : "null");
    };
    std::string text = "{\"stream\":";
    append_json_string(text, stream);
    text += ",\"state\":\"" + std::string(to_string(standing.state)) + "\"" + number("first", standing.first) +
            number("last", standing.last) +
            ",\"maxCount\":" + (standing.keeps.max_count ? std::to_string(*standing.keeps.max_count) : "null") +
            ",\"maxAge\":" + (standing.keeps.max_age ? std::to_string(standing.keeps.max_age->count()) : "null") +
            number("truncateBefore", standing.keeps.truncate_before) +
            ",\"settings\":" + (standing.settings.empty() ? "null" : standing.settings) +
            number("settingsRevision", standing.settings_revision);
    if (receipt != nullptr) {
        text += ",\"position\":" + std::to_string(receipt->first.value) + ",\"durability\":\"" +
                std::string(to_string(receipt->durability)) + "\"";
    }
    return text + "}\n";
}

}  // namespace varve::cli
