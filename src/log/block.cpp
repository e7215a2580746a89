#include "log/block.hpp"

#include "log/frame.hpp"

namespace varve::log {

Hash Block::chain() const {
    const LogicalFields fields = logical_fields(*this);
    return xxh3_128({fields.data(), fields.size()});
}

Head Block::head_after() const {
    return {.sequence = sequence + 1, .next = first + events, .time = time, .chain = chain()};
}

Block make_block(const Head& head, std::uint64_t epoch, Timestamp time, std::uint32_t events, std::uint32_t commits,
                 std::string_view payload) {
    return {.sequence = head.sequence,
            .epoch = epoch,
            .first = head.next,
            .events = events,
            .commits = commits,
            .time = time,
            .previous_chain = head.chain,
            .payload_hash = xxh3_128(payload),
            .payload = payload};
}

}  // namespace varve::log
