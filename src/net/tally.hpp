/// What a server counts, in all its threads.
#pragma once

#include <atomic>
#include <cstdint>

#include "net/server.hpp"

namespace varve::net {

struct Tally {
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> connections_all = 0;
    std::atomic<std::uint64_t> connections_refused = 0;
    std::atomic<std::uint64_t> calls = 0;
    std::atomic<std::uint64_t> calls_all = 0;
    std::atomic<std::uint64_t> bytes_in = 0;
    std::atomic<std::uint64_t> bytes_out = 0;
    std::atomic<std::uint64_t> buffered_bytes = 0;
    std::atomic<std::uint64_t> protocol_errors = 0;

    [[nodiscard]] ServerCounters read() const {
        return {.connections = connections,
                .connections_all = connections_all,
                .connections_refused = connections_refused,
                .calls = calls,
                .calls_all = calls_all,
                .bytes_in = bytes_in,
                .bytes_out = bytes_out,
                .buffered_bytes = buffered_bytes,
                .protocol_errors = protocol_errors};
    }
};

}  // namespace varve::net
