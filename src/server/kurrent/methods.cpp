#include "server/kurrent/methods.hpp"

#include <array>

#include "server/kurrent/append_call.hpp"
#include "server/kurrent/batch_append_call.hpp"
#include "server/kurrent/cluster_calls.hpp"
#include "server/kurrent/read_call.hpp"
#include "server/kurrent/v2_append_call.hpp"

namespace varve::kurrent {

namespace {

constexpr std::string_view streams = "event_store.client.streams.Streams";
constexpr std::string_view streams_v2 = "kurrentdb.protocol.v2.streams.StreamsService";
constexpr std::array<std::string_view, 2> read_features{"position", "events"};
constexpr std::array<std::string_view, 1> batch_features{"deadline_duration"};

constexpr std::array all{
    Method{streams, "Read", read_call, read_features},
    Method{streams, "Append", append_call},
    Method{streams, "Delete", delete_call},
    Method{streams, "Tombstone", tombstone_call},
    Method{streams, "BatchAppend", batch_append_call, batch_features},
    Method{streams_v2, "AppendSession", v2::append_session_call},
    Method{streams_v2, "AppendRecords", v2::append_records_call},
    Method{"event_store.client.server_features.ServerFeatures", "GetSupportedMethods", features_call},
    Method{"event_store.client.gossip.Gossip", "Read", gossip_call},
    Method{"event_store.client.monitoring.Monitoring", "Stats", stats_call},
};

}  // namespace

std::span<const Method> methods() {
    return all;
}

std::unique_ptr<net::Handler> accept(Backend& backend, const std::shared_ptr<net::Call>& call) {
    const std::string_view path = call->path();
    for (const Method& method : all) {
        const bool its_path = path.size() == method.service.size() + method.name.size() + 2 && path.front() == '/' &&
                              path.substr(1, method.service.size()) == method.service &&
                              path[method.service.size() + 1] == '/' && path.ends_with(method.name);
        if (its_path) return method.accept(backend, call);
    }
    return nullptr;
}

}  // namespace varve::kurrent
