#include "varve/store.hpp"

#include <chrono>
#include <utility>

#include "store/names.hpp"
#include "store/validate.hpp"

namespace varve {

Store::Store(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}

Result<Receipt> Store::append(Commit commit, const AppendOptions& options) {
    if (auto admitted = store::admit(commit); !admitted) return std::move(admitted).error();
    return engine_->append(std::move(commit), options);
}

void Store::append(Commit commit, Completion done, const AppendOptions& options) {
    if (auto admitted = store::admit(commit); !admitted) {
        if (done) done(std::move(admitted).error());
        return;
    }
    if (!done) done = [](const Result<Receipt>&) {};
    engine_->append(std::move(commit), options, std::move(done));
}

Result<std::optional<Receipt>> Store::find_command(std::string_view command_id) const {
    if (auto fault = store::name_fault(command_id, limits::command_id_bytes); !fault.empty()) {
        return Error{.code = Code::invalid_argument, .message = "the command id " + fault};
    }
    return engine_->find_command(command_id);
}

Result<Cursor> Store::read(const Selection& selection) const {
    if (auto admitted = store::admit(selection); !admitted) return std::move(admitted).error();
    return engine_->read(selection).transform([](auto source) { return Cursor(std::move(source)); });
}

Result<Subscription> Store::subscribe(Selection selection) const {
    if (auto admitted = store::admit_subscription(selection); !admitted) return std::move(admitted).error();
    if (engine_->closed()) {
        return Error{.code = Code::failed_precondition, .message = "the store is closed: open it again to subscribe"};
    }
    return Subscription(engine_, std::move(selection));
}

Position Store::head() const {
    return engine_->head();
}

bool Store::wait_for(Position position, Deadline deadline) const {
    // An engine's wait may end early, when a subscription beside us closes.
    while (!engine_->wait_beyond(position, deadline)) {
        if (engine_->closed() || std::chrono::steady_clock::now() >= deadline) return engine_->head() > position;
    }
    return true;
}

Result<Position> Store::position_at(Timestamp time) const {
    return engine_->position_at(time);
}

Result<std::vector<StreamInfo>> Store::streams(std::string_view prefix, std::string_view after,
                                               std::size_t limit) const {
    return engine_->streams(prefix, after, limit);
}

Result<std::optional<StreamInfo>> Store::stream(std::string_view name) const {
    if (auto fault = store::name_fault(name, limits::stream_name_bytes); !fault.empty()) {
        return Error{.code = Code::invalid_argument, .message = "the stream name " + fault};
    }
    return engine_->stream(name);
}

Result<StreamRetention> Store::retention(std::string_view stream) const {
    if (auto fault = store::name_fault(stream, limits::stream_name_bytes); !fault.empty()) {
        return Error{.code = Code::invalid_argument, .message = "the stream name " + fault};
    }
    return engine_->retention(stream);
}

std::optional<Removals> Store::removals() const {
    return engine_->removals();
}

Result<StoreInfo> Store::info() const {
    return engine_->info();
}

Result<CompactReport> Store::compact(const CompactOptions& options) {
    if (options.dry_run && options.compression != Compression::as_is) {
        return Error{
            .code = Code::invalid_argument,
            .message = "what compressing gives is known when it is done: a dry run only counts what is removed"};
    }
    if (options.compression > Compression::none)
        return Error{.code = Code::invalid_argument, .message = "there is no such compression"};
    return engine_->compact(options);
}

Result<> Store::close() {
    return engine_->close();
}

}  // namespace varve
