/// What is common to the properties of the testing kit: histories, the fewest events that fail, and how it is told.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/detail/step.hpp"
#include "varve/event.hpp"
#include "varve/store.hpp"
#include "varve/testing_properties.hpp"

namespace varve::testing::property {

using Lines = std::vector<std::string>;

struct Problem {
    std::string what;
    Lines expected, actual;
};

/// What is wrong with a history, if anything is.
using Find = std::function<std::optional<Problem>(const std::vector<NewEvent>&)>;

/// Tries as many histories as the options say. Throws Mismatch on the first that has a problem, with the fewest events
/// that still have one.
void try_histories(std::string_view name, const PropertyOptions& options, const MakeHistory& make, const Find& find);

/// The events without those that the reader throws at.
[[nodiscard]] std::vector<NewEvent> accepted(const std::vector<NewEvent>& events,
                                             const std::function<void(const std::vector<NewEvent>&)>& read);

/// Seals nothing: a token holds its text. So that values are the same each time, and can be read in what is told.
[[nodiscard]] KeysHere open_seals();

/// Appends in commits that are cut at random.
void append_in_pieces(Store& store, const std::vector<NewEvent>& events, Random& random);

}  // namespace varve::testing::property
