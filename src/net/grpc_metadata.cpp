#include "net/grpc_metadata.hpp"

#include <algorithm>
#include <array>

#include "net/grpc_text.hpp"

namespace varve::net {
namespace {

/// Said by the protocol itself, or forbidden in HTTP/2: a peer would take the whole message for malformed.
constexpr auto not_for_users = std::to_array<std::string_view>(
    {"grpc-status", "grpc-message", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding", "content-type",
     "user-agent", "te", "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"});

bool binary(std::string_view name) {
    return name.ends_with("-bin");
}

/// In lower case, or nothing where it is no name that may be given.
std::string sendable_name(std::string_view name) {
    static constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    std::string lower(name);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const bool ours = std::ranges::find(not_for_users, lower) != not_for_users.end();
    return ours || lower.find_first_not_of(allowed) != std::string::npos ? std::string() : lower;
}

std::string sendable_value(std::string_view name, std::string_view value) {
    if (binary(name)) return to_base64(value);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    const bool plain = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
    // Other bytes would end the connection at a strict peer.
    return plain ? std::string(value) : percent_encoded(value);
}

}  // namespace

std::vector<Metadata::Field> to_wire(const Metadata& metadata) {
    std::vector<Metadata::Field> fields;
    for (const auto& [name, value] : metadata.fields()) {
        std::string sendable = sendable_name(name);
        if (sendable.empty()) continue;
        std::string text = sendable_value(sendable, value);
        fields.emplace_back(std::move(sendable), std::move(text));
    }
    return fields;
}

bool read_field(std::string_view name, std::string_view value, Metadata& into) {
    if (!binary(name)) {
        into.add(std::string(name), std::string(value));
        return true;
    }
    for (std::size_t at = 0; at <= value.size();) {
        const std::size_t end = std::min(value.find(',', at), value.size());
        auto bytes = from_base64(value.substr(at, end - at));
        if (!bytes) return false;
        into.add(std::string(name), *std::move(bytes));
        at = end + 1;
    }
    return true;
}

}  // namespace varve::net
