/// What `packages --help` and `packages VERB --help` say.
#pragma once

#include <string>
#include <string_view>

namespace packages {

/// How this verb is used, with an example; the overview when there is no such verb.
[[nodiscard]] std::string help(std::string_view verb);

}  // namespace packages
