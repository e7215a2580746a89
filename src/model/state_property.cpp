#include <fmt/format.h>

#include <memory>
#include <utility>

#include "model/fold.hpp"
#include "model/property.hpp"

namespace varve::testing::property {

namespace {

/// The events of one entity in a store of their own.
class Entity {
public:
    Entity(const StateProbe& probe, const std::vector<NewEvent>& events) : probe_(probe) {
        Random random(events.size());
        std::vector<NewEvent> addressed = events;
        for (NewEvent& event : addressed) event.stream = probe.stream;
        append_in_pieces(store_, addressed, random);
    }

    /// Folds events from .. until - 1 into the state.
    Result<> fold(void* state, std::size_t from, std::size_t until) const {
        if (from == until) return {};
        Selection selection{.source = Stream{probe_.stream}};
        selection.from_revision = Revision{from};
        selection.until_revision = Revision{until - 1};
        Reached reached;
        return varve::fold(store_, probe_.type, selection, state, reached);
    }

private:
    const StateProbe& probe_;
    Store store_ = open("memory:").value();
};

std::string shown(const StateProbe& probe, const std::shared_ptr<void>& state) {
    auto text = probe.write(state.get());
    return text.ok() ? std::move(*text) : "not storable: " + text.error().message;
}

std::optional<Problem> find_problem(const StateProbe& probe, const std::vector<NewEvent>& made) {
    const auto fold_all = [&probe](const std::vector<NewEvent>& events) {
        const auto state = probe.type.make();
        Entity(probe, events).fold(state.get(), 0, events.size()).value();
    };
    const std::vector<NewEvent> events = accepted(made, fold_all);
    const Entity entity(probe, events);
    const auto whole = probe.type.make();
    entity.fold(whole.get(), 0, events.size()).value();
    const std::string expected = shown(probe, whole);
    for (std::size_t cut = 0; cut <= events.size(); ++cut) {
        const auto part = probe.type.make();
        entity.fold(part.get(), 0, cut).value();
        const auto written = probe.write(part.get());
        if (!written.ok()) return {};  // no stored form, so nothing would be kept of it
        auto state = probe.read(*written);
        if (!state.ok()) {
            return Problem{fmt::format("the state after {} events is written, and not read again", cut),
                           {*written},
                           {state.error().message}};
        }
        if (const std::string again = shown(probe, *state); again != *written) {
            return Problem{
                fmt::format("the state after {} events is not read as it was written", cut), {*written}, {again}};
        }
        entity.fold(state->get(), cut, events.size()).value();
        if (const std::string actual = shown(probe, *state); actual != expected) {
            return Problem{
                fmt::format("the state after {} events, written and read again, goes on to another one", cut),
                {expected},
                {actual}};
        }
    }
    return {};
}

void check_round_trip(std::string_view name, const RoundTrip& event, const PropertyOptions& options) {
    std::string refused;
    bool taken = false;
    for (std::uint64_t seed = options.seed; seed - options.seed < options.runs; ++seed) {
        Random random(seed, Range::full);
        try {
            const auto wrong = event.tried(random);
            taken = true;
            if (!wrong) continue;
            throw Mismatch(fmt::format("{}: event {} is not read as it was written, with seed {}: {}", name,
                                       event.event, seed, *wrong));
        } catch (const Failure& failure) {
            refused = failure.error().message;
        }
    }
    if (taken || refused.empty()) return;
    throw Mismatch(
        fmt::format("{}: event {} is nothing that is read today, whatever it holds: {}", name, event.event, refused));
}

}  // namespace

void check(const StateProbe& probe, const PropertyOptions& options, const MakeHistory& make) {
    {
        const KeysHere keys = open_seals();
        for (const RoundTrip& event : probe.events) check_round_trip(probe.type.name, event, options);
    }
    try_histories(probe.type.name, options, make,
                  [&](const std::vector<NewEvent>& events) { return find_problem(probe, events); });
}

}  // namespace varve::testing::property
