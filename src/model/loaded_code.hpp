/// Which code this process runs, told by the build ids that linkers write into programs and libraries.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "varve/result.hpp"

namespace varve {

/// The program and its libraries, as they were loaded when this was made.
class LoadedCode {
public:
    LoadedCode();

    /// Another text whenever any of it was built from other sources. `unavailable`: something has no build id, or the
    /// function lies in what was loaded later.
    [[nodiscard]] Result<std::string> identity(const void* function) const;

private:
    using Range = std::pair<std::uintptr_t, std::uintptr_t>;

    std::vector<Range> ranges_;
    std::string ids_;      ///< sorted
    std::string without_;  ///< something that has none; empty: there is no such
};

}  // namespace varve
