// What Store does by appending settings; engines need only understand them.
#include <limits>
#include <string>
#include <utility>

#include "store/names.hpp"
#include "store/rules.hpp"
#include "varve/store.hpp"

namespace varve {
namespace {

/// Others may write the same stream's settings at the same time: so often they may come first.
constexpr int attempts_max = 100;

/// Of the events that are there at the settings' own place, all: how many they are need not be known.
constexpr Revision everything{std::numeric_limits<std::int64_t>::max()};

NewEvent settings_event(std::string_view type, std::string data) {
    return {.stream = {}, .type = std::string(type), .data = std::move(data)};
}

/// The settings of this stream, to be replaced by an event that is made from them. `expected`: of the stream itself.
template <class Make>
Result<Receipt> replace_settings(Store& store, std::string_view stream, Expected expected, Make&& make) {
    for (int attempt = 1;; ++attempt) {
        const auto now = store.retention(stream);
        if (!now) return now.error();
        Result<NewEvent> event = make(*now);
        if (!event) return std::move(event).error();
        const Expected replaced = now->settings_revision ? Expected::exact(*now->settings_revision) : Expected::none();
        Commit commit;
        commit.conditions.emplace_back(StreamIs{std::string(stream), expected});
        commit.append(store::settings_of(stream), replaced, {*std::move(event)});
        auto receipt = store.append(std::move(commit));
        const bool raced = !receipt && receipt.error().conflict != nullptr && receipt.error().code == Code::aborted &&
                           receipt.error().conflict->condition > 0;
        if (!raced || attempt == attempts_max) return receipt;
    }
}

}  // namespace

Result<Receipt> Store::keep(std::string_view stream, const Retention& keeps) {
    return replace_settings(*this, stream, Expected::any(), [&](const StreamRetention& now) -> Result<NewEvent> {
        Retention wanted = keeps;
        if (!wanted.truncate_before) wanted.truncate_before = now.keeps.truncate_before;
        if (wanted.truncate_before == Revision{0}) wanted.truncate_before.reset();
        if (wanted.max_age && wanted.max_age->count() < 1) {
            return Error{.code = Code::invalid_argument,
                         .message = "max_age is " + std::to_string(wanted.max_age->count()) +
                                    " seconds; it must be at least one"};
        }
        return settings_event(store::metadata_type, store::with_rules(now.settings, wanted));
    });
}

Result<Receipt> Store::remove(std::string_view stream, Expected expected) {
    return replace_settings(*this, stream, expected, [&](const StreamRetention& now) -> Result<NewEvent> {
        if (!now.last && expected.kind() != Expected::Kind::exists && expected.kind() != Expected::Kind::exact) {
            return Error{.code = Code::not_found,
                         .message = "stream " + store::in_quotes(stream) + " never had an event: nothing to delete"};
        }
        Retention wanted = now.keeps;
        wanted.truncate_before = everything;
        return settings_event(store::metadata_type, store::with_rules(now.settings, wanted));
    });
}

Result<Receipt> Store::tombstone(std::string_view stream, Expected expected) {
    return replace_settings(*this, stream, expected, [](const StreamRetention&) -> Result<NewEvent> {
        return settings_event(store::tombstone_type, "{}");
    });
}

}  // namespace varve
