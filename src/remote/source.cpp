#include "remote/source.hpp"

#include <wire/store.pb.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "remote/asking.hpp"
#include "wire/events.hpp"

namespace varve::remote {

namespace {

/// Batches that came and were not walked yet: more are not taken off the network.
constexpr std::size_t waiting_bytes = 4 << 20;

/// What comes, on its way from the connection's thread to the reader's.
class Batches final : public net::Answers, public std::enable_shared_from_this<Batches> {
public:
    // In the connection's thread:
    void on_message(std::string_view message) override {
        const std::lock_guard lock(mutex_);
        bytes_ += message.size();
        come_.emplace_back(message);
        if (bytes_ > waiting_bytes && !std::exchange(paused_, true)) call_->pause();
        changed_.notify_all();
    }
    void on_end(const net::Status& status) override {
        const std::lock_guard lock(mutex_);
        status_ = status;
        changed_.notify_all();
    }
    void begin(Connection& connection, const std::string& request) {
        call_ = connection.client().call(path_of("Read"), {}, net::Clock::time_point::max(), shared_from_this());
        call_->send(request);
        call_->half_close();
    }
    void cancel() {
        if (call_) call_->cancel();
    }

    /// In the reader's: the next one; nothing: there is none, and `status` says why.
    [[nodiscard]] std::optional<std::string> take(Connection& connection) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !come_.empty() || status_; });
        if (come_.empty()) return {};
        std::string batch = std::move(come_.front());
        come_.pop_front();
        bytes_ -= batch.size();
        if (bytes_ <= waiting_bytes / 2 && std::exchange(paused_, false)) {
            connection.post([self = shared_from_this()] { self->call_->resume(); });
        }
        return batch;
    }
    [[nodiscard]] const net::Status& status() const { return *status_; }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> come_;
    std::size_t bytes_ = 0;
    bool paused_ = false;
    std::optional<net::Status> status_;
    std::shared_ptr<net::ClientCall> call_;  ///< in the connection's thread
};

class RemoteSource final : public EventSource {
public:
    RemoteSource(std::shared_ptr<Connection> connection, std::shared_ptr<Head> head, Selection selection)
        : connection_(std::move(connection)), head_(std::move(head)), selection_(std::move(selection)) {
        begin();
    }
    ~RemoteSource() override {
        connection_->post([batches = std::move(batches_)] { batches->cancel(); });
    }

    Result<const Event*> next() override {
        if (failed_) return *failed_;
        while (at_ == batch_.events_size()) {
            Result<bool> more = fetch();
            if (!more.ok()) {
                failed_ = std::move(more).error();
                return *failed_;
            }
            if (!*more) return nullptr;
        }
        auto event = wire::event_of(batch_.events(at_++), tags_);
        if (!event.ok()) {
            failed_ = std::move(event).error();
            return *failed_;
        }
        event_ = *event;
        pass(event_);
        return &event_;
    }

private:
    void begin() {
        v1::Selection request;
        wire::put(selection_, request);
        batches_ = std::make_shared<Batches>();
        connection_->post([connection = connection_.get(), batches = batches_, bytes = request.SerializeAsString()] {
            batches->begin(*connection, bytes);
        });
    }
    /// The next batch; false: there is none.
    Result<bool> fetch() {
        const Deadline give_up = connection_->give_up();
        for (int attempt = 1;; ++attempt) {
            if (connection_->mine()) {
                return Error{
                    .code = Code::failed_precondition,
                    .message = "a completion must not wait for the connection that it runs on; read elsewhere"};
            }
            if (const auto bytes = batches_->take(*connection_)) {
                at_ = 0;
                if (batch_.ParseFromString(*bytes)) return true;
                return Error{.code = Code::data_loss,
                             .message = "the server's events cannot be read: another version?"};
            }
            batch_.Clear();
            at_ = 0;
            const net::Status& status = batches_->status();
            if (status.code == 0) return false;
            Error error = error_of(status);
            if (error.code != Code::unavailable || selection_.limit == 0) return error;
            if (!connection_->wait_before(attempt, give_up)) return error;
            begin();
        }
    }
    /// What is left of the selection, should it have to be asked for again.
    void pass(const Event& event) {
        head_->reach(event.position + 1);
        if (selection_.limit != no_limit) --selection_.limit;
        const bool forward = selection_.direction == Direction::forward;
        if (selection_.from_revision) selection_.from_revision.reset();
        if (forward) {
            selection_.from = event.position + 1;
        } else if (event.position == Position{0}) {
            selection_.limit = 0;
        } else {
            selection_.from = event.position - 1;
        }
    }

    const std::shared_ptr<Connection> connection_;
    const std::shared_ptr<Head> head_;
    Selection selection_;
    std::shared_ptr<Batches> batches_;
    v1::Batch batch_;
    int at_ = 0;
    std::string tags_;
    Event event_{};
    std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<EventSource> open_source(std::shared_ptr<Connection> connection, std::shared_ptr<Head> head,
                                         const Selection& selection) {
    return std::make_unique<RemoteSource>(std::move(connection), std::move(head), selection);
}

}  // namespace varve::remote
