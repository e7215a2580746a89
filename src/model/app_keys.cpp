#include "model/app_keys.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "model/metadata.hpp"
#include "store/names.hpp"
#include "varve/codec.hpp"

namespace varve {

namespace {

/// Part of the stored form, never change: the stream that says who was forgotten.
constexpr std::string_view forgotten_stream = "varve-forgotten";

/// In the place of keys that cannot be used.
class RefusingKeys final : public detail::Sealer {
public:
    explicit RefusingKeys(Error why) : why_(std::move(why)) {}
    Result<std::string> seal(const detail::SealPlace&, std::string_view) override { return why_; }
    Result<std::string> open(const detail::SealPlace&, std::string_view) const override { return why_; }
    [[nodiscard]] bool forgotten(std::string_view) const override { return false; }

private:
    Error why_;
};

Result<> take_over(const Store& store, KeyStore& keys) {
    const auto info = store.info();
    if (!info.ok()) return info.error();
    if (auto ours = keys.belong_to(info->id); !ours.ok()) return ours;
    auto cursor = store.read({.source = Stream{std::string(forgotten_stream)}});
    if (!cursor.ok()) return std::move(cursor).error();
    while (const Event* event = cursor->next()) {
        if (event->type != event_type<Forgotten>()) continue;
        const auto fact = decode_event<Forgotten>(*event);
        if (!fact.ok()) return fact.error();
        if (auto done = keys.forget(fact->subject); !done.ok()) return done;
    }
    return cursor->status();
}

Receipt nothing_written(Position head) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return Receipt{.first = head, .last = head, .time = now, .durability = Durability::durable, .streams = {}};
}

}  // namespace

AppKeys::AppKeys(const Store& store, const Keys& keys) : keys_(keys.store()), sealer_(keys_) {
    standing_ = take_over(store, *keys_);
    if (!standing_.ok()) {
        standing_ = std::move(standing_).error().within("the keys of personal data cannot be used");
        sealer_ = std::make_shared<RefusingKeys>(standing_.error());
    }
}

Result<Receipt> AppKeys::forget(Store& store, const std::string& subject, const CommandOptions& options) const {
    if (!keys_) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("subject {} cannot be forgotten: this App has no keys; give it some: "
                                            "varve::App app{{store, varve::open_keys(\"FILE\").value()}}",
                                            store::in_quotes(subject)),
                     .reason = "personal.no_keys"};
    }
    if (!standing_.ok()) return standing_.error();
    switch (keys_->standing(subject)) {
        case KeyStore::Standing::forgotten: return nothing_written(store.head());
        case KeyStore::Standing::known: break;
        case KeyStore::Standing::unknown:
            return Error{.code = Code::not_found,
                         .message = fmt::format("no personal value was ever sealed for a subject {}; nothing was "
                                                "forgotten",
                                                store::in_quotes(subject))};
    }
    auto metadata = event_metadata(options);
    if (!metadata.ok()) return std::move(metadata).error();
    auto data = encode_event(Forgotten{subject});
    if (!data.ok()) return std::move(data).error();
    Commit commit;
    commit.events.push_back({.stream = std::string(forgotten_stream),
                             .type = std::string(event_type<Forgotten>()),
                             .data = std::move(*data),
                             .metadata = std::move(*metadata)});
    // First the log: whatever happens in between, who opens the store next destroys the key.
    auto receipt = store.append(std::move(commit));
    if (!receipt.ok()) {
        return std::move(receipt).error().within(
            fmt::format("subject {} was not forgotten", store::in_quotes(subject)));
    }
    if (auto destroyed = keys_->forget(subject); !destroyed.ok()) {
        return std::move(destroyed).error().within(
            fmt::format("that subject {} is forgotten is recorded, but its key could not be destroyed; it is when "
                        "the App is opened again",
                        store::in_quotes(subject)));
    }
    return receipt;
}

}  // namespace varve
