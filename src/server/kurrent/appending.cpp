#include "server/kurrent/appending.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "varve/json_value.hpp"

namespace varve::kurrent {

namespace {

/// Others may change the metadata of a deleted stream at the same time: so often they may come first.
constexpr int attempts_max = 100;

bool is_metastream(std::string_view stream) {
    return stream.starts_with("$$");
}

std::string metastream_of(std::string_view stream) {
    return "$$" + std::string(stream);
}

/// One append, from attempt to attempt.
class Appending : public std::enable_shared_from_this<Appending> {
public:
    Appending(Store store, AppendOrder order, std::function<void(AppendOutcome)> done)
        : store_(std::move(store)), order_(std::move(order)), done_(std::move(done)) {}

    void attempt();

private:
    void took(Result<Receipt> outcome);
    void succeeded(const Receipt& receipt);
    void failed(const Error& error);
    void conflicted(const Conflict& conflict);
    [[nodiscard]] bool first_is_known(const Overlap& overlap) const;
    [[nodiscard]] bool is_repeat(const Receipt& receipt) const;
    void again() {
        if (++attempts_ < attempts_max) return attempt();
        done_(Error{.code = Code::aborted, .message = "the stream's metadata changes all the time; append once more"});
    }

    Store store_;
    AppendOrder order_;
    std::function<void(AppendOutcome)> done_;
    Repeats repeats_ = Repeats::detect;
    bool metadata_is_enough_ = false;  ///< it need not exist but by its metadata
    bool revived_ = false;             ///< the commit replaces the metadata of a deleted stream
    int attempts_ = 0;
};

void Appending::attempt() {
    Commit commit;
    commit.repeats = repeats_;
    const std::string& stream = order_.stream;
    const auto revived = revive(store_, stream, commit);
    if (!revived) return done_(revived.error());
    revived_ = *revived;
    if (revived_ && order_.expected.kind() == Expected::Kind::exists) return done_(Deleted{});
    if (metadata_is_enough_) {
        commit.conditions.emplace_back(StreamIs{metastream_of(stream), Expected::exists()});
        commit.append(stream, Expected::any(), order_.events);
    } else {
        commit.append(stream, order_.expected, order_.events);
    }
    store_.append(std::move(commit),
                  [self = shared_from_this()](Result<Receipt> outcome) { self->took(std::move(outcome)); },
                  {.when_full = WhenFull::refuse});
}

void Appending::took(Result<Receipt> outcome) {
    if (outcome.ok()) {
        succeeded(*outcome);
    } else {
        failed(outcome.error());
    }
}

void Appending::succeeded(const Receipt& receipt) {
    // Where the stream is as expected nobody looks for repeats: the same event is written twice.
    if (receipt.repeated && repeats_ == Repeats::detect && !is_repeat(receipt)) {
        repeats_ = Repeats::unchecked;
        return again();
    }
    const auto mine = std::ranges::find(receipt.streams, order_.stream, &Receipt::StreamRevision::stream);
    Appended appended{.revision = {}, .position = receipt.last};
    if (mine != receipt.streams.end()) appended.revision = mine->last;
    done_(appended);
}

bool Appending::is_repeat(const Receipt& receipt) const {
    if (order_.expected.kind() != Expected::Kind::exact) return true;
    const auto mine = std::ranges::find(receipt.streams, order_.stream, &Receipt::StreamRevision::stream);
    return mine != receipt.streams.end() && mine->last.value == order_.expected.revision().value + order_.events.size();
}

void Appending::failed(const Error& error) {
    if (error.code == Code::already_exists && error.overlap != nullptr && repeats_ == Repeats::detect) {
        const bool weak =
            order_.expected.kind() == Expected::Kind::any || order_.expected.kind() == Expected::Kind::exists;
        if (!weak || !first_is_known(*error.overlap)) {
            repeats_ = Repeats::unchecked;
            return again();
        }
        const auto now = store_.retention(order_.stream);
        return done_(now ? AppendOutcome(WrongVersion{now->last}) : AppendOutcome(now.error()));
    }
    if (error.reason == "stream.tombstoned") return done_(Deleted{});
    if (error.code == Code::aborted && error.conflict != nullptr) return conflicted(*error.conflict);
    done_(error);
}

bool Appending::first_is_known(const Overlap& overlap) const {
    return std::ranges::any_of(overlap.known, [&](const Overlap::Known& known) {
        return known.event == (revived_ ? 1U : 0U) && known.stream == order_.stream;
    });
}

void Appending::conflicted(const Conflict& conflict) {
    if (conflict.stream != order_.stream) {
        // Of the metadata: it is gone, or somebody else has written it.
        if (!metadata_is_enough_) return again();
        return done_(WrongVersion{});
    }
    if (order_.expected.kind() == Expected::Kind::exists) {
        if (conflict.state == StreamState::deleted || conflict.state == StreamState::tombstoned)
            return done_(Deleted{});
        if (conflict.state == StreamState::absent && !is_metastream(order_.stream)) {
            metadata_is_enough_ = true;
            return again();
        }
    }
    done_(WrongVersion{conflict.actual});
}

}  // namespace

void append(Store store, AppendOrder order, std::function<void(AppendOutcome)> done) {
    if (order.events.empty()) return done(check(store, order.stream, order.expected));
    std::make_shared<Appending>(std::move(store), std::move(order), std::move(done))->attempt();
}

Result<bool> revive(const Store& store, std::string_view stream, Commit& commit) {
    const auto removals = store.removals();
    if (is_metastream(stream) || (removals && removals->settings == 0)) return false;
    const auto now = store.retention(stream);
    if (!now) return now.error();
    if (now->state != StreamState::deleted) return false;
    const Revision next = now->last ? *now->last + 1 : Revision{0};
    const Expected replaced = now->settings_revision ? Expected::exact(*now->settings_revision) : Expected::none();
    commit.append(metastream_of(stream), replaced,
                  {NewEvent{.type = "$metadata", .data = with_truncation(now->settings, next)}});
    return true;
}

AppendOutcome check(const Store& store, const std::string& stream, const Expected& expected) {
    const auto now = store.retention(stream);
    if (!now) return now.error();
    if (now->state == StreamState::tombstoned) return Deleted{};
    const bool wants_it = expected.kind() == Expected::Kind::exists;
    if (wants_it && now->state == StreamState::deleted) return Deleted{};
    const bool by_metadata = wants_it && now->state == StreamState::absent && now->settings_revision;
    if (by_metadata || expected.holds(now->state, now->last)) return Appended{now->last, {}};
    return WrongVersion{now->last};
}

std::string with_truncation(std::string_view json, Revision before) {
    std::string whole = "{";
    if (const auto document = parse_json(json.empty() ? "{}" : json)) {
        for (const auto& [key, value] : document->root().members()) {
            if (key == "$tb") continue;
            append_json_string(whole, key);
            whole += ':';
            whole += value.text();
            whole += ',';
        }
    }
    return whole += "\"$tb\":" + std::to_string(before.value) + '}';
}

}  // namespace varve::kurrent
