/// What a verification has found so far, and how a finding is filled in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "varve/operations.hpp"

namespace varve::log {

/// Writes into a report's list, which must outlive it.
class Findings {
public:
    explicit Findings(std::vector<Finding>& list) : list_(list) {}

    /// Valid until the next one.
    Finding& add(Finding::Kind kind, std::string_view file, std::uint64_t offset, std::uint64_t bytes,
                 std::string what);
    /// The events [first, next) are concerned; none when that is empty.
    static void concern(Finding& finding, Position first, Position next);
    /// So is this stream. Each is named once, and no more than ten; an empty name is none.
    static void name_stream(Finding& finding, std::string_view stream);

    /// The first event that is damaged, as far as events are named; beyond all of them when none is.
    [[nodiscard]] Position first_damaged() const;

private:
    std::vector<Finding>& list_;
};

}  // namespace varve::log
