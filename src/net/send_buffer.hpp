/// Bytes that wait to be sent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace varve::net {

/// First in, first out. Where much has gone through and nothing waits, it holds next to no memory.
class SendBuffer {
public:
    void push(std::string_view bytes) { bytes_.append(bytes); }
    [[nodiscard]] std::size_t size() const { return bytes_.size() - at_; }
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// Moves that many, of those that are there, to the end of `out`.
    void take(std::size_t count, std::string& out) {
        count = std::min(count, size());
        out.append(bytes_, at_, count);
        at_ += count;
        if (empty()) {
            clear();
        } else if (at_ > bytes_.size() / 2 && at_ > small) {
            // Also a buffer that never runs empty gives back what is gone.
            bytes_.erase(0, at_);
            at_ = 0;
        }
    }

    void clear() {
        bytes_.clear();
        if (bytes_.capacity() > small) bytes_ = {};
        at_ = 0;
    }

private:
    static constexpr std::size_t small = 1024;

    std::string bytes_;
    std::size_t at_ = 0;
};

}  // namespace varve::net
