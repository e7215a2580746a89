#include "server/v1/service.hpp"

#include <wire/store.pb.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "server/unary.hpp"
#include "server/v1/failure.hpp"
#include "server/v1/streaming.hpp"
#include "wire/answers.hpp"
#include "wire/commits.hpp"

namespace varve::server::v1 {

namespace {

namespace messages = varve::v1;
using CallPointer = std::shared_ptr<net::Call>;

constexpr std::string_view service = "/varve.v1.Store/";
constexpr std::uint64_t streams_max = 10'000;

std::unique_ptr<net::Handler> append_call(Backend& backend, const CallPointer& call) {
    return unary<messages::AppendRequest>(call, [&backend](const auto& of, messages::AppendRequest&& request) {
        auto commit = wire::commit_of(std::move(request));
        if (!commit.ok()) return of->finish(status_of(commit.error()));
        backend.store.append(*std::move(commit),
                             [of](Result<Receipt> outcome) {
                                 of->loop().post([of, outcome = std::move(outcome)] {
                                     if (!outcome.ok()) return of->finish(status_of(outcome.error()));
                                     messages::Receipt receipt;
                                     wire::put(*outcome, receipt);
                                     reply(*of, receipt);
                                 });
                             },
                             {.when_full = WhenFull::refuse});
    });
}

/// A method that answers at once: `answer(store, request)` is a Result of its message.
template <class Request, class Answer>
std::unique_ptr<net::Handler> asked(Backend& backend, const CallPointer& call, Answer answer) {
    return unary<Request>(call, [&backend, answer](const auto& of, Request&& request) {
        const auto made = answer(backend.store, request);
        if (!made.ok()) return of->finish(status_of(made.error()));
        reply(*of, *made);
    });
}

Result<messages::FindCommandResponse> find_command(const Store& store, const messages::FindCommandRequest& request) {
    const auto found = store.find_command(request.command_id());
    if (!found.ok()) return found.error();
    messages::FindCommandResponse response;
    if (*found) wire::put(**found, *response.mutable_receipt());
    return response;
}

Result<messages::PositionAtResponse> position_at(const Store& store, const messages::PositionAtRequest& request) {
    const auto position = store.position_at(wire::time_of(request.time()));
    if (!position.ok()) return position.error();
    messages::PositionAtResponse response;
    response.set_position(position->value);
    return response;
}

Result<messages::ListStreamsResponse> list_streams(const Store& store, const messages::ListStreamsRequest& request) {
    messages::ListStreamsResponse response;
    const auto add = [&](const StreamInfo& stream) {
        auto& added = *response.add_streams();
        added.set_name(stream.name);
        added.set_last(stream.last.value);
        added.set_last_position(stream.last_position.value);
    };
    if (request.has_name()) {
        const auto stream = store.stream(request.name());
        if (!stream.ok()) return stream.error();
        if (*stream) add(**stream);
        return response;
    }
    const auto streams = store.streams(request.prefix(), request.after(), std::min(request.limit(), streams_max));
    if (!streams.ok()) return streams.error();
    for (const StreamInfo& stream : *streams) add(stream);
    return response;
}

Result<messages::Retention> get_retention(const Store& store, const messages::GetRetentionRequest& request) {
    const auto retention = store.retention(request.stream());
    if (!retention.ok()) return retention.error();
    messages::Retention response;
    wire::put(*retention, response);
    return response;
}

Result<messages::Info> get_info(const Store& store, const messages::GetInfoRequest&) {
    const auto info = store.info();
    if (!info.ok()) return info.error();
    messages::Info response;
    wire::put(*info, response);
    return response;
}

template <class Request, auto answer>
std::unique_ptr<net::Handler> ask(Backend& backend, const CallPointer& call) {
    return asked<Request>(backend, call, answer);
}

struct Method {
    std::string_view name;
    std::unique_ptr<net::Handler> (*accept)(Backend& backend, const CallPointer& call);
};
constexpr std::array methods{
    Method{"Append", append_call},
    Method{"Read", read_call},
    Method{"Subscribe", subscribe_call},
    Method{"Follow", follow_call},
    Method{"FindCommand", ask<messages::FindCommandRequest, find_command>},
    Method{"PositionAt", ask<messages::PositionAtRequest, position_at>},
    Method{"ListStreams", ask<messages::ListStreamsRequest, list_streams>},
    Method{"GetRetention", ask<messages::GetRetentionRequest, get_retention>},
    Method{"GetInfo", ask<messages::GetInfoRequest, get_info>},
};

}  // namespace

std::unique_ptr<net::Handler> accept(Backend& backend, const CallPointer& call) {
    if (!call->path().starts_with(service)) return nullptr;
    const auto method = std::ranges::find(methods, call->path().substr(service.size()), &Method::name);
    return method == methods.end() ? nullptr : method->accept(backend, call);
}

}  // namespace varve::server::v1
