#include "model/live_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/at_work.hpp"
#include "store/names.hpp"

namespace varve {

detail::LiveSource::~LiveSource() = default;

namespace {

/// `42-` and the hash of the answer as 32 hex digits. It outlives the program: never change it.
std::string write_resume(Position position, const Hash& answer) {
    return fmt::format("{}-{}", position.value, to_hex(answer));
}

std::optional<Hash> hash_of(std::string_view hex) {
    Hash hash;
    if (hex.size() != 2 * hash.bytes.size()) return {};
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        const char* digits = hex.data() + 2 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, hash.bytes[i], 16);
        if (error != std::errc() || end != digits + 2) return {};
    }
    return hash;
}

}  // namespace

Result<LiveQuery::Seen> LiveQuery::read_resume(const std::string& text, Position head) {
    Seen seen;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seen.position.value);
    const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const auto answer = rest.starts_with('-') ? hash_of(rest.substr(1)) : std::nullopt;
    if (error != std::errc() || !answer) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("{} is no place to resume from; pass on LiveAnswer::resume as it is, or "
                                            "begin without it",
                                            store::in_quotes(text))};
    }
    if (seen.position > head) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("an answer as of position {} is of another store, or of events that this "
                                            "one has lost: it ends at {}; begin without it",
                                            seen.position.value, head.value)};
    }
    seen.answer = *answer;
    return seen;
}

Result<std::unique_ptr<detail::LiveSource>> LiveQuery::begin(const QueryRoute& route, const LiveOptions& options,
                                                             Position head) {
    auto live = std::unique_ptr<LiveQuery>(new LiveQuery(route));
    live->wanted_ = options.from;
    if (!options.resume.empty()) {
        auto seen = read_resume(options.resume, head);
        if (!seen.ok()) return std::move(seen).error().within(fmt::format("query {}", route.step->name));
        // As of the same position, another read model may answer otherwise.
        live->wanted_ = std::max(options.from, seen->position);
        live->seen_ = *seen;
    }
    // Where nobody else sees to it, the first answer is of now.
    const auto crew = route.place->crew();
    if (crew->busy_here()) return from_within(fmt::format("query {}", route.step->name), crew->type().name);
    if (crew->options().life != Life::async) live->wanted_ = std::max(live->wanted_, head);
    if (options.wake) live->listener_ = route.place->moves().add(options.wake);
    live->replaced_ = route.place->replacements().add([&look_again = live->look_again_] { look_again = true; });
    route.place->follow();
    live->follows_ = true;
    live->asked_ = crew;
    return std::unique_ptr<detail::LiveSource>(std::move(live));
}

Result<std::optional<detail::LiveSource::News>> LiveQuery::next(const Look& look, Deadline deadline) {
    const KeysHere keys(keys_);
    const auto place = place_.lock();
    if (!place) {
        return Error{.code = Code::cancelled, .message = fmt::format("query {}: its App is gone", step_.name)};
    }
    for (;;) {
        look_again_ = false;
        const auto now = place->crew();
        const Crew& crew = *now;
        // Another read model may answer otherwise where nothing has moved.
        if (asked_.lock() != now && seen_) wanted_ = std::min(wanted_, seen_->position);
        const auto waited = closed_ ? ProjectionProgress::Waited::late
                                    : crew.wait({step_, look.query}, wanted_, deadline, &look_again_);
        if (closed_) {
            return Error{.code = Code::cancelled,
                         .message = fmt::format("query {}: the live query was closed", step_.name)};
        }
        if (place->crew() != now) continue;
        if (waited == ProjectionProgress::Waited::late) return std::optional<News>();
        if (waited == ProjectionProgress::Waited::ended) return ended(crew);
        asked_ = now;
        const Position least = crew.position();
        const auto position = answer_now({place, &step_, meter_}, crew, look.query, look.answer);
        if (!position.ok() && place->crew() != now) continue;
        // Not before the next change: what fails at this position fails at it again.
        wanted_ = (position.ok() ? *position : std::max(wanted_, least)) + 1;
        if (!position.ok()) return position.error();
        const auto json = look.json(look.answer);
        if (!json.ok()) return Error(json.error()).within(fmt::format("query {}: the answer", step_.name));
        const Hash answer = xxh3_128(*json);
        if (seen_ && seen_->answer == answer) continue;
        seen_ = Seen{*position, answer};
        return std::optional(News{*position, write_resume(*position, answer)});
    }
}

Error LiveQuery::ended(const Crew& crew) const {
    if (auto error = crew.error()) return std::move(*error).within(fmt::format("query {}", step_.name));
    return Error{.code = Code::cancelled,
                 .message = fmt::format("query {}: projection {} was stopped with its App at position {}", step_.name,
                                        crew.type().name, crew.position().value)};
}

void LiveQuery::close() {
    if (closed_.exchange(true)) return;
    const auto place = place_.lock();
    if (!place) return;
    look_again_ = true;
    place->crew()->wake();
    if (listener_) place->moves().remove(*listener_);
    if (replaced_) place->replacements().remove(*replaced_);
    if (follows_) place->unfollow();
}

}  // namespace varve
