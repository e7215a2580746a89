#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "varve/store.hpp"

namespace varve {

/// Pages of the log, opened up to the head of the moment; between them nothing is held but this.
struct Subscription::State {
    State(std::shared_ptr<Engine> behind, Selection selected)
        : engine(std::move(behind)), selection(std::move(selected)), position(selection.from.value_or(Position{0})) {}

    Result<const Event*> next(Deadline deadline);
    Result<const Event*> from_page();
    Result<> open_page(Position head);
    void wait(Deadline deadline);
    void close();
    [[nodiscard]] bool cancelled() const { return closed || engine->closed(); }

    std::shared_ptr<Engine> engine;
    Selection selection;
    std::unique_ptr<EventSource> page;
    Position page_end;               ///< all of the selection below this is in the page or before it
    std::atomic<Position> position;  ///< all of the selection below this is delivered
    std::optional<Error> failed;     ///< what ended the subscription
    std::atomic<bool> closed = false;
    std::atomic<bool> waiting = false;
};

Result<const Event*> Subscription::State::next(Deadline deadline) {
    for (;;) {
        if (cancelled()) return Error{.code = Code::cancelled, .message = "the subscription or its store was closed"};
        if (failed) return *failed;
        if (page) {
            auto event = from_page();
            if (!event || *event != nullptr) return event;
        }
        // The clock before the head: what was committed before the deadline must not be missed.
        const bool late = std::chrono::steady_clock::now() >= deadline;
        if (const Position head = engine->head(); head > position) {
            // A store that closes under our hands answers an error of its own; the loop turns it into `cancelled`.
            if (auto opened = open_page(head); !opened && !cancelled()) failed = std::move(opened).error();
        } else if (late) {
            return nullptr;
        } else {
            wait(deadline);
        }
    }
}

Result<const Event*> Subscription::State::from_page() {
    auto event = page->next();
    if (!event) {
        page.reset();
        failed = event.error();
    } else if (*event != nullptr) {
        position = (*event)->position + 1;
        // Saves the engine the search for the place in the stream when the next page opens.
        if (std::holds_alternative<Stream>(selection.source)) selection.from_revision = (*event)->revision + 1;
    } else {
        page.reset();
        position = std::max(position.load(), page_end);
    }
    return event;
}

Result<> Subscription::State::open_page(Position head) {
    selection.from = position.load();
    selection.until = head - 1;
    page_end = head;
    auto source = engine->read(selection);
    if (!source) return std::move(source).error();
    page = std::move(*source);
    return {};
}

void Subscription::State::wait(Deadline deadline) {
    waiting = true;
    if (!closed) engine->wait_beyond(position, deadline);
    waiting = false;
}

void Subscription::State::close() {
    closed = true;
    // The waiter may stand just before its wait, where a single wake would be lost: repeat until it is out.
    for (std::chrono::microseconds pause(10); waiting; pause = std::min(2 * pause, std::chrono::microseconds(1000))) {
        engine->wake_waiters();
        std::this_thread::sleep_for(pause);
    }
}

Subscription::Subscription(std::shared_ptr<Engine> engine, Selection selection)
    : state_(std::make_unique<State>(std::move(engine), std::move(selection))) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

Result<const Event*> Subscription::next(Deadline deadline) {
    if (!state_) return Error{.code = Code::cancelled, .message = "the subscription was moved from"};
    return state_->next(deadline);
}
Position Subscription::position() const {
    return state_ ? state_->position.load() : Position{0};
}
void Subscription::close() {
    if (state_) state_->close();
}

}  // namespace varve
