/// A digest stands for the whole history below a position: `POSITION:CHAIN`, the chain hash of the block that ends
/// there. It is short enough to be written down, and tells whether history up to there is still the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/block.hpp"
#include "log/findings.hpp"
#include "varve/operations.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// `3:b8d84d531ceab43b4846dc305254066c`, of the history that ends with `head`.
[[nodiscard]] std::string digest_of(const Head& head);

struct Digest {
    Position position;
    Hash chain;
};
/// Nothing when the text is no digest.
[[nodiscard]] std::optional<Digest> parse_digest(std::string_view text);

/// Digests that were written down, held against a history while it is walked over.
class Expectations {
public:
    /// `invalid_argument` names the text that is no digest.
    [[nodiscard]] static Result<Expectations> parse(const std::vector<std::string>& texts);

    /// The walk has come to the end of a block (or stands at the very beginning). In order.
    void pass(const Head& head);
    /// The walk is over: says in `report` how far history is as it was, and adds a finding when it is not.
    /// `report` tells every segment's place already.
    void conclude(VerifyReport& report, Findings& findings) const;

private:
    struct Expected {
        Digest digest;
        bool met = false;
        std::optional<Hash> found = {};  ///< what the chain is there now
    };
    std::vector<Expected> expected_;  ///< in order of positions
    std::size_t next_ = 0;            ///< the first that the walk is not beyond
    Position end_;                    ///< how far the walk has come
};

}  // namespace varve::log
