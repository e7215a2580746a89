/// Performs the effects of one read model, in order, in a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "model/outbox.hpp"
#include "model/performers.hpp"
#include "varve/detail/seal.hpp"

namespace varve {

/// Runs from its construction to stop. Any thread.
class EffectRunner {
public:
    /// `name`: what ids of effects begin with.
    EffectRunner(std::string name, Outbox& outbox, std::shared_ptr<const Performers> performers);
    EffectRunner(const EffectRunner&) = delete;
    EffectRunner& operator=(const EffectRunner&) = delete;
    ~EffectRunner() { stop(); }

    /// There may be something new to do.
    void wake();
    /// Ends after the effect at hand. Idempotent; not from an effect.
    void stop();
    /// Tries one again that was set aside. False: it is not of this runner, or not aside.
    Result<bool> retry(std::string_view id);
    Result<> read(EffectsStatus& into) const;

private:
    void run();
    /// One attempt at the first that waits; how long until the next.
    std::chrono::milliseconds step();
    std::chrono::milliseconds failed(const StoredEffect& effect, const EffectOptions& options, Error error);
    void waits_for(std::optional<Error> reason);

    std::string name_;
    Outbox& outbox_;
    std::shared_ptr<const Performers> performers_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever starts it
    std::atomic<std::uint64_t> performed_ = 0;
    int attempt_ = 1;  ///< the thread's own

    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    bool awake_ = true;
    bool stopped_ = false;
    std::optional<Error> waiting_;
    std::thread thread_;
};

}  // namespace varve
