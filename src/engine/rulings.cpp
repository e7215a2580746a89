// The part of the catalog that knows settings: which stream has any, and what they say.
#include <array>
#include <string>
#include <utility>

#include "engine/catalog.hpp"
#include "store/rules.hpp"

namespace varve::engine {

Result<> Catalog::look_for_rules() {
    const auto found = ask([](const index::Index& index) { return index.streams(store::settings_prefix, {}, 1); });
    if (!found) return found.error();
    if (!found->empty()) table_.found_rules();
    return {};
}

Result<StreamHead> Catalog::head(std::string_view stream) {
    auto head = plain_head(stream);
    if (!head || head->ruled || !table_.any_rules()) return head;
    const std::uint64_t generation = table_.generation();
    if (!store::is_settings(stream)) {
        auto settings = plain_head(store::settings_of(stream));
        if (!settings) return settings;
        if (settings->last) {
            // Once more, and after the settings: every event that they may speak of must be known.
            head = plain_head(stream);
            if (!head || settings->last_position >= past_->end()) return head;
            auto ruling = ruling_at(stream, *head, settings->last_position);
            if (!ruling) return std::move(ruling).error();
            head->ruling = *std::move(ruling);
        }
    }
    head->ruled = true;
    table_.learn(stream, head->ruling, generation);
    return head;
}

Result<std::shared_ptr<const Ruling>> Catalog::ruling(std::string_view stream, const StreamHead& head, Position end) {
    if (!table_.any_rules() || store::is_settings(stream)) return nullptr;
    if (head.ruled && (head.ruling == nullptr || head.ruling->at < end)) return head.ruling;
    // The newest settings are not committed yet: those before them count.
    const std::string settings = store::settings_of(stream);
    const auto newest = plain_head(settings);
    if (!newest) return newest.error();
    const auto beyond = revision_at_or_after(settings, *newest, end);
    if (!beyond) return beyond.error();
    if (*beyond == Revision{0}) return nullptr;
    const auto place = stream_positions(settings, *beyond - 1, 1);
    if (!place) return place.error();
    if (place->empty()) return index_misses(settings, *beyond - 1);
    return ruling_at(stream, head, place->front());
}

Result<std::shared_ptr<const Ruling>> Catalog::ruling_at(std::string_view stream, const StreamHead& head,
                                                         Position position) {
    Ruling ruling{.at = position, .rules = {}, .first = {}};
    const std::array asked{position};
    auto read =
        past_->events(asked, [&](const Event& event) { ruling.rules = store::rules_of(event.type, event.data); });
    if (!read) return std::move(read).error();
    if (ruling.rules.ended || ruling.rules.keeps.truncate_before) {
        const auto before = revision_at_or_after(stream, head, position);
        if (!before) return before.error();
        ruling.first = store::truncated(ruling.rules, *before);
    }
    return std::make_shared<const Ruling>(ruling);
}

}  // namespace varve::engine
