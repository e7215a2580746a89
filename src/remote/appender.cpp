#include "remote/appender.hpp"

#include <wire/store.pb.h>

#include <algorithm>
#include <utility>

#include "remote/asking.hpp"
#include "varve/limits.hpp"
#include "wire/answers.hpp"
#include "wire/commits.hpp"

namespace varve::remote {

namespace {

/// Beside its texts, of an event on its way.
constexpr std::size_t overhead = 128;

std::size_t bytes_of(const Commit& commit) {
    std::size_t bytes = overhead;
    for (const NewEvent& event : commit.events)
        bytes += overhead + event.data.size() + event.metadata.size() + event.stream.size() + event.type.size();
    return bytes;
}

}  // namespace

class Appender::Outcomes final : public net::Answers {
public:
    explicit Outcomes(std::weak_ptr<Appender> appender) : appender_(std::move(appender)) {}

    void on_message(std::string_view message) override {
        const auto appender = appender_.lock();
        v1::AppendOutcome outcome;
        if (!appender || !outcome.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
        appender->answered(outcome.number(), outcome.has_receipt()
                                                 ? Result<Receipt>(wire::receipt_of(outcome.receipt()))
                                                 : Result<Receipt>(wire::error_of(outcome.failure())));
    }
    void on_end(const net::Status& status) override {
        if (const auto appender = appender_.lock())
            appender->lost(status.code != 0 ? error_of(status)
                                            : Error{.code = Code::unavailable, .message = "the server ended the call"});
    }

private:
    std::weak_ptr<Appender> appender_;
};

std::optional<Error> Appender::make_room(std::size_t bytes, const AppendOptions& options) {
    std::unique_lock lock(mutex_);
    const auto room = [&] { return closed_ || bytes_ == 0 || bytes_ + bytes <= limits::queued_bytes; };
    if (!room()) {
        if (options.when_full == WhenFull::refuse || connection_.mine()) {
            return Error{.code = Code::resource_exhausted,
                         .message = "the queue of appends is full; nothing was written: append once more, later"};
        }
        changed_.wait(lock, room);
    }
    if (closed_) return closed_error();
    bytes_ += bytes;
    return {};
}

void Appender::append(Commit commit, const AppendOptions& options, Completion done) {
    const std::size_t bytes = bytes_of(commit);
    if (auto refused = make_room(bytes, options)) return done(*std::move(refused));
    const auto self = shared_from_this();
    // A task must be one that can be copied; what it carries need not be.
    const auto waiting = std::make_shared<Waiting>(Waiting{
        .commit = std::move(commit), .done = std::move(done), .give_up = connection_.give_up(), .bytes = bytes});
    connection_.post([self, waiting] { self->submit(std::move(*waiting)); });
}

void Appender::submit(Waiting waiting) {
    waiting_.push_back(std::move(waiting));
    if (pausing_) return;
    if (!call_) return begin_again();
    send(waiting_.back());
}

void Appender::send(Waiting& waiting) {
    v1::AppendRequest request;
    // What was sent before may be there: the server looks for its ids.
    wire::put(waiting.commit, request);
    if (std::exchange(waiting.sent, true)) request.set_repeats_unchecked(false);
    waiting.number = next_++;
    call_->send(request.SerializeAsString());
}

void Appender::begin_again() {
    next_ = 0;
    call_ = connection_.client().call(path_of("Pipeline"), {}, net::Clock::time_point::max(),
                                      std::make_shared<Outcomes>(weak_from_this()));
    for (std::size_t i = 0; call_ && i < waiting_.size(); ++i) send(waiting_[i]);
}

void Appender::answered(std::uint64_t number, Result<Receipt> outcome) {
    const auto found = std::ranges::find(waiting_, number, &Waiting::number);
    if (found == waiting_.end() || !found->sent) return;
    attempts_ = 0;
    Waiting waiting = std::move(*found);
    waiting_.erase(found);
    finish(std::move(waiting), std::move(outcome));
}

void Appender::finish(Waiting waiting, Result<Receipt> outcome) {
    if (outcome.ok()) head_->reach(outcome->last + 1);
    waiting.done(std::move(outcome));
    {
        const std::lock_guard lock(mutex_);
        bytes_ -= waiting.bytes;
    }
    changed_.notify_all();
}

void Appender::lost(const Error& why) {
    call_.reset();
    const Deadline now = Deadline::clock::now();
    const bool hopeless = why.code != Code::unavailable || connection_.closed();
    std::deque<Waiting> over;
    for (std::size_t i = 0; i < waiting_.size();) {
        if (!hopeless && waiting_[i].give_up > now) {
            ++i;
            continue;
        }
        over.push_back(std::move(waiting_[i]));
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    const bool again = !waiting_.empty();
    if (again) {
        pausing_ = true;
        connection_.loop().at(now + Connection::pause_before(++attempts_), [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self) return;
            self->pausing_ = false;
            if (!self->waiting_.empty()) self->begin_again();
        });
    }
    for (Waiting& each : over) {
        const bool maybe = each.sent && !hopeless;
        Error error = why;
        if (maybe) error.message += "; whether the commit was written is not known: append it again, with the same ids";
        finish(std::move(each), std::move(error));
    }
}

void Appender::close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return bytes_ == 0; });
    lock.unlock();
    connection_.post([self = shared_from_this()] {
        if (self->call_) std::exchange(self->call_, nullptr)->cancel();
    });
}

}  // namespace varve::remote
