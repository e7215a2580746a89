/// A read model of the bank that wants a mail sent for every deposit, and a post that remembers what it was given.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"

namespace effects {

using bank::Deposited;
using varve::App;
using varve::Code;
using varve::EffectContext;
using varve::Effects;
using varve::EffectsStatus;
using varve::Error;
using varve::Event;
using varve::Result;
using varve::Table;

struct SendMail {
    std::string to;
    std::int64_t cents = 0;
};
/// How many deposits there were.
struct Count {
    using Answer = std::uint64_t;
};
inline std::atomic<bool> unlucky = false;
struct Mails {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    Table<bank::Balance> seen;
    Effects<SendMail> mails;
    static std::uint64_t merge(const std::vector<std::uint64_t>& parts) { return parts.at(0) + parts.at(1); }
    void on(const Deposited& e, const Event& event) {
        mails.add({e.account, e.cents});
        if (unlucky && e.cents == 13) throw std::runtime_error("unlucky");
        if (e.cents == 2) mails.add({e.account, 22});
        seen.put({std::to_string(event.position.value), e.cents});
    }
    std::uint64_t answer(const Count&) const { return seen.size(); }
};

/// What was performed, for a test that waits for it.
class Post {
public:
    Result<> deliver(const SendMail& mail, const EffectContext& context) {
        std::unique_lock lock(mutex_);
        lines_.push_back(context.id + " " + std::to_string(mail.cents) + (context.attempt > 1 ? "!" : ""));
        arrived_.notify_all();
        lock.unlock();
        if (before_answer) before_answer();
        if (refuse && refuse(mail)) return Error{.code = Code::unavailable, .message = "the post is closed"};
        return {};
    }
    std::vector<std::string> wait_for(std::size_t lines) {
        std::unique_lock lock(mutex_);
        arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return lines_.size() >= lines; });
        return lines_;
    }
    std::function<bool(const SendMail&)> refuse;
    std::function<void()> before_answer;

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::string> lines_;
};

inline void perform(App& app, Post& post) {
    app.perform<SendMail>(
        [&post](const SendMail& mail, const EffectContext& context) { return post.deliver(mail, context); },
        {.attempts = 3, .pause = std::chrono::milliseconds(1)});
}

inline EffectsStatus status_when(App& app, const std::function<bool(const EffectsStatus&)>& reached) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
        auto status = app.projections().at(0).effects.value();
        if (reached(status) || std::chrono::steady_clock::now() > limit) return status;
        std::this_thread::yield();
    }
}

}  // namespace effects
