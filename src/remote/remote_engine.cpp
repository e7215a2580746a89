#include "remote/remote_engine.hpp"

#include <wire/store.pb.h>

#include <algorithm>
#include <future>
#include <utility>

#include "remote/asking.hpp"
#include "remote/source.hpp"
#include "wire/answers.hpp"
#include "wire/commits.hpp"

namespace varve::remote {

RemoteEngine::RemoteEngine(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)),
      head_(std::make_shared<Head>(*connection_)),
      appender_(std::make_shared<Appender>(*connection_, head_)) {
    head_->follow();
}

RemoteEngine::~RemoteEngine() {
    static_cast<void>(close());
}

Result<Receipt> RemoteEngine::append(Commit commit, const AppendOptions& options) {
    if (connection_->mine()) {
        return Error{
            .code = Code::failed_precondition,
            .message = "a completion must not wait for the connection that it runs on; use the pipelined append"};
    }
    std::promise<Result<Receipt>> promise;
    append(std::move(commit), options, [&promise](Result<Receipt> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
}

void RemoteEngine::append(Commit commit, const AppendOptions& options, Completion done) {
    if (closed_) return done(closed_error());
    appender_->append(std::move(commit), options, std::move(done));
}

Result<std::optional<Receipt>> RemoteEngine::find_command(std::string_view command_id) {
    v1::FindCommandRequest request;
    request.set_command_id(std::string(command_id));
    const auto found = ask<v1::FindCommandResponse>(*connection_, "FindCommand", request);
    if (!found.ok()) return found.error();
    if (!found->has_receipt()) return std::optional<Receipt>();
    Receipt receipt = wire::receipt_of(found->receipt());
    head_->reach(receipt.last + 1);
    return std::optional(std::move(receipt));
}

Result<std::unique_ptr<EventSource>> RemoteEngine::read(const Selection& selection) {
    if (closed_) return closed_error();
    return open_source(connection_, head_, selection);
}

bool RemoteEngine::wait_beyond(Position position, Deadline deadline) {
    return head_->wait_beyond(position, deadline);
}

Result<Position> RemoteEngine::position_at(Timestamp time) {
    v1::PositionAtRequest request;
    request.set_time(wire::micros_of(time));
    const auto found = ask<v1::PositionAtResponse>(*connection_, "PositionAt", request);
    if (!found.ok()) return found.error();
    return Position{found->position()};
}

Result<std::vector<StreamInfo>> RemoteEngine::streams(std::string_view prefix, std::string_view after,
                                                      std::size_t limit) {
    std::vector<StreamInfo> all;
    v1::ListStreamsRequest request;
    request.set_prefix(std::string(prefix));
    request.set_after(std::string(after));
    // The server gives no more than so many at once.
    while (all.size() < limit) {
        request.set_limit(limit - all.size());
        const auto page = ask<v1::ListStreamsResponse>(*connection_, "ListStreams", request);
        if (!page.ok()) return page.error();
        if (page->streams().empty()) break;
        for (const auto& stream : page->streams())
            all.push_back({stream.name(), Revision{stream.last()}, Position{stream.last_position()}});
        request.set_after(all.back().name);
    }
    return all;
}

Result<std::optional<StreamInfo>> RemoteEngine::stream(std::string_view name) {
    v1::ListStreamsRequest request;
    request.set_name(std::string(name));
    const auto found = ask<v1::ListStreamsResponse>(*connection_, "ListStreams", request);
    if (!found.ok()) return found.error();
    if (found->streams().empty()) return std::optional<StreamInfo>();
    const auto& stream = found->streams(0);
    return std::optional(StreamInfo{stream.name(), Revision{stream.last()}, Position{stream.last_position()}});
}

Result<StreamRetention> RemoteEngine::retention(std::string_view stream) {
    v1::GetRetentionRequest request;
    request.set_stream(std::string(stream));
    const auto found = ask<v1::Retention>(*connection_, "GetRetention", request);
    if (!found.ok()) return found.error();
    return wire::retention_of(*found);
}

Result<StoreInfo> RemoteEngine::info() {
    const auto found = ask<v1::Info>(*connection_, "GetInfo", v1::GetInfoRequest());
    if (!found.ok()) return found.error();
    StoreInfo info = wire::info_of(*found);
    info.engine = "remote";
    head_->reach(Position{info.events});
    return info;
}

Result<CompactReport> RemoteEngine::compact(const CompactOptions&) {
    return Error{.code = Code::unimplemented,
                 .message = "a store is compacted where it lies: run 'varve compact' there while no server holds it"};
}

Result<> RemoteEngine::close() {
    const std::lock_guard lock(closing_);
    if (closed_) return {};
    closed_ = true;
    appender_->close();
    head_->close();
    connection_->close();
    return {};
}

}  // namespace varve::remote
