/// What a folded state rests on beside the events that it was folded from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/key_store.hpp"
#include "varve/store.hpp"

namespace varve {

/// Of one state, from before it was folded on: while it stands, the events it was folded from are what a fold would find
/// today, and decode to the same values. Newer events are another matter.
class Basis {
public:
    /// Nothing stands on it.
    Basis() = default;
    /// `stream`: where the events are; nullptr: wherever a query finds them. `keys`: what personal values are read with,
    /// nullptr: with none.
    Basis(const Store& store, const KeyStore* keys, const std::string* stream);

    /// False: what is folded on it is to be folded anew every time, because events of it leave without a word (old ones, or
    /// more than are kept), or because this engine does not say when some do.
    [[nodiscard]] bool lasts() const { return lasts_; }
    /// With the arguments that it was made with.
    [[nodiscard]] bool stands(const Store& store, const KeyStore* keys, const std::string* stream);

private:
    bool lasts_ = false;
    std::optional<Removals> removals_;
    std::optional<Revision> settings_;  ///< the last event of the stream's settings
    std::uint64_t forgets_ = 0;
};

}  // namespace varve
