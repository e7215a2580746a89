/// Who wants to be told that something has moved.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace varve {

class Listeners {
public:
    using Id = std::uint64_t;

    /// What it throws is lost.
    [[nodiscard]] Id add(std::function<void()> listener);
    /// When this returns, it is not being called, nor called again. Not from itself.
    void remove(Id listener);
    void tell();

private:
    std::mutex mutex_;  ///< also while listeners are called
    std::map<Id, std::function<void()>> listeners_;
    Id next_ = 0;
};

}  // namespace varve
