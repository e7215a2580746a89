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
#include "varve/engine.hpp"

namespace varve {

/// Runs from its construction to stop. Any thread.
class EffectRunner {
public:
    /// `name`: what ids of effects begin with. `held`: as after hold.
    EffectRunner(std::string name, Outbox& outbox, std::shared_ptr<const Performers> performers, bool held);
    EffectRunner(const EffectRunner&) = delete;
    EffectRunner& operator=(const EffectRunner&) = delete;
    ~EffectRunner() { stop(); }

    [[nodiscard]] const std::string& name() const { return name_; }
    /// There may be something new to do.
    void wake();
    /// Performs none until release; waits for the one at hand. False: it did not end in time, and all goes on.
    [[nodiscard]] bool hold(Deadline deadline);
    void release();
    /// While it is held: another one performs from now on. Whoever waits in settle is answered `aborted`, until release.
    void retire();
    /// Is this the thread that performs?
    [[nodiscard]] bool mine() const { return std::this_thread::get_id() == performing_.load(); }
    /// Waits until none of an event below `end` is left that is not set aside. `deadline_exceeded`: the first that is.
    [[nodiscard]] Result<> settle(Position end, Deadline deadline);
    /// Ends after the effect at hand. Idempotent; a second thread waits for the first. Not from an effect.
    void stop();
    /// Tries one again that was set aside. False: it is not of this runner, or not aside.
    Result<bool> retry(std::string_view id);
    Result<> read(EffectsStatus& into) const;

private:
    void run();
    /// One attempt at the first that waits; how long until the next.
    std::chrono::milliseconds step();
    /// What a look has found to be the first.
    void found(const StoredEffect* first);
    std::chrono::milliseconds failed(const StoredEffect& effect, const EffectOptions& options, Error error);
    void waits_for(std::optional<Error> reason);

    std::string name_;
    Outbox& outbox_;
    std::shared_ptr<const Performers> performers_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever starts it
    std::atomic<std::uint64_t> performed_ = 0;
    std::atomic<std::thread::id> performing_;
    int attempt_ = 1;  ///< the thread's own, while one is at hand

    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    bool awake_ = true;
    bool held_;
    bool retired_ = false;
    bool at_hand_ = false;        ///< between two waits
    std::uint64_t begun_ = 0;     ///< looks at the outbox
    std::uint64_t answered_ = 0;  ///< the last one that has come to know the first
    std::optional<EffectPlace> first_;
    std::string first_id_;
    bool stopped_ = false;
    std::optional<Error> waiting_;
    std::mutex joining_;  ///< held by who ends the thread
    std::thread thread_;
};

}  // namespace varve
