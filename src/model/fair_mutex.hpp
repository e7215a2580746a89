/// A shared mutex under which a stream of readers cannot keep a writer out.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace varve {

/// Whoever comes while a writer waits, queues behind it.
class FairMutex {
public:
    void lock() {
        const std::lock_guard gate(gate_);
        inner_.lock();
    }
    void unlock() { inner_.unlock(); }
    void lock_shared() {
        const std::lock_guard gate(gate_);
        inner_.lock_shared();
    }
    void unlock_shared() { inner_.unlock_shared(); }

private:
    std::mutex gate_;
    std::shared_mutex inner_;
};

}  // namespace varve
