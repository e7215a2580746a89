#include "server/kurrent/cluster_calls.hpp"

#include <server/kurrent/v1.pb.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "server/kurrent/methods.hpp"
#include "server/kurrent/wire.hpp"
#include "server/unary.hpp"

namespace varve::kurrent {

namespace {

/// The number that stands for a leader.
constexpr std::uint32_t leader = 8;
constexpr std::chrono::milliseconds stats_often_at_most{100};
constexpr std::chrono::milliseconds stats_seldom_at_most{60'000};

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return made;
}

Timestamp now() {
    return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

/// Tells the figures, and once more each time that the period is over, for as long as the call is there.
void tell_stats(Backend& backend, const std::weak_ptr<net::Call>& weak, std::chrono::milliseconds period) {
    const auto call = weak.lock();
    if (!call || call->ended()) return;
    v1::StatsResp response;
    auto& stats = *response.mutable_stats();
    stats["es-version"] = protocol_version;
    stats["es-head"] = fmt::format("{}", backend.store.head().value);
    if (const auto info = backend.store.info(); info.ok()) {
        stats["es-log-bytes"] = fmt::format("{}", info->log_bytes);
        stats["es-segments"] = fmt::format("{}", info->segments);
    }
    if (!call->full()) call->send(response.SerializeAsString());
    call->loop().at(net::Clock::now() + period, [&backend, weak, period] { tell_stats(backend, weak, period); });
}

}  // namespace

std::unique_ptr<net::Handler> features_call(Backend&, const std::shared_ptr<net::Call>& call) {
    return server::unary<v1::Empty>(call, [](const auto& of, const v1::Empty&) {
        v1::SupportedMethods supported;
        supported.set_event_store_server_version(std::string(protocol_version));
        for (const Method& method : methods()) {
            auto& listed = *supported.add_methods();
            listed.set_method_name(lower(method.name));
            listed.set_service_name(lower(method.service));
            for (const std::string_view feature : method.features) listed.add_features(std::string(feature));
        }
        server::reply(*of, supported);
    });
}

std::unique_ptr<net::Handler> gossip_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return server::unary<v1::Empty>(call, [&backend](const auto& of, const v1::Empty&) {
        v1::ClusterInfo cluster;
        auto& member = *cluster.add_members();
        put_id(backend.instance, IdForm::structured, *member.mutable_instance_id());
        member.set_time_stamp(now().time_since_epoch().count() * 10);
        member.set_state(leader);
        member.set_is_alive(true);
        member.mutable_http_end_point()->set_address(backend.address);
        member.mutable_http_end_point()->set_port(backend.port);
        server::reply(*of, cluster);
    });
}

std::unique_ptr<net::Handler> stats_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return server::unary<v1::StatsReq>(call, [&backend](const auto& of, const v1::StatsReq& request) {
        const auto wanted = std::chrono::milliseconds(
            std::min<std::uint64_t>(request.refresh_time_period_in_ms(), stats_seldom_at_most.count()));
        tell_stats(backend, of, std::max(wanted, stats_often_at_most));
    });
}

}  // namespace varve::kurrent
