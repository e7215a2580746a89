/// Lets the disk fetch what a walk over a segment will come to. The operating system does not do it by itself: most reads
/// are of events that lie far apart, and what it would fetch beside each of them is a hundred kilobytes in vain.
#pragma once

#include <algorithm>
#include <cstdint>

#include "io/files.hpp"

namespace varve::log {

/// One reader's. Cheap to ask: it calls the operating system once for a quarter of a megabyte of a walk.
class ReadAhead {
public:
    /// The reader has come to this offset of the file, which has a view of so many bytes. Offsets of another file begin
    /// anew: forget().
    void come_to(io::File& file, std::uint64_t offset, std::uint64_t bytes) {
        if (offset / look == last_ / look) return;
        const bool forward = offset >= last_;
        const std::uint64_t step = forward ? offset - last_ : last_ - offset;
        const bool goes_on = step <= stride && forward == forward_;
        walked_ = goes_on ? walked_ + step : 0;
        if (!goes_on) fetched_ = offset;
        forward_ = forward;
        last_ = offset;
        if (walked_ < proof) return;
        if (forward) {
            const std::uint64_t end = std::min(offset + ahead + piece, bytes);
            fetched_ = std::max(fetched_, offset);
            if (fetched_ >= std::min(offset + ahead, bytes)) return;
            file.will_want(fetched_, end - fetched_);
            fetched_ = end;
        } else {
            const std::uint64_t begin = offset - std::min(offset, ahead + piece);
            fetched_ = std::min(fetched_, offset);
            if (fetched_ <= offset - std::min(offset, ahead)) return;
            file.will_want(begin, fetched_ - begin);
            fetched_ = begin;
        }
    }
    void forget() { *this = {}; }

private:
    static constexpr std::uint64_t look = 16 << 10;     ///< smaller steps are not looked at
    static constexpr std::uint64_t stride = 256 << 10;  ///< larger steps are no walk
    static constexpr std::uint64_t proof = 32 << 10;    ///< walked before it is believed
    static constexpr std::uint64_t ahead = 4 << 20;
    static constexpr std::uint64_t piece = 256 << 10;  ///< what is asked for at a time

    std::uint64_t last_ = 0;
    std::uint64_t walked_ = 0;
    std::uint64_t fetched_ = 0;  ///< up to here, in the walk's direction
    bool forward_ = true;
};

}  // namespace varve::log
