/// What clients have sent of appends that are not complete yet: bounded, of all calls together.
#pragma once

#include <atomic>
#include <cstddef>

#include "varve/result.hpp"

namespace varve::server {

/// Any thread. Outlives its shares.
class Gathered {
public:
    static constexpr std::size_t bytes_max = 128 << 20;

    /// Of one append; used by one thread at a time. Gives back what it has when it goes.
    class Share {
    public:
        explicit Share(Gathered& all) : all_(all) {}
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        ~Share() { all_.bytes_.fetch_sub(bytes_, std::memory_order_relaxed); }

        /// False: there is no room for one more event of so many bytes; refuse the append.
        [[nodiscard]] bool add(std::size_t bytes) {
            // An event takes room of its own, however short it is.
            constexpr std::size_t overhead = 256;
            const std::size_t more = bytes + overhead;
            if (all_.bytes_.fetch_add(more, std::memory_order_relaxed) + more > bytes_max) {
                all_.bytes_.fetch_sub(more, std::memory_order_relaxed);
                return false;
            }
            bytes_ += more;
            return true;
        }

    private:
        Gathered& all_;
        std::size_t bytes_ = 0;
    };

private:
    std::atomic<std::size_t> bytes_ = 0;
};

/// What a share that has no room is answered with.
[[nodiscard]] inline Error too_much_gathered() {
    return {.code = Code::resource_exhausted,
            .message = "too many appends are on their way at once; nothing was written: append once more, later"};
}

}  // namespace varve::server
