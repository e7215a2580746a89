/// The name that somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace varve::cli {

/// The known name that differs from `word` in the fewest letters (one put in, left out, changed, or two swapped count
/// as one); empty when none is near enough to be a slip of the finger: a third of the word at most. Of equals the first.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace varve::cli
