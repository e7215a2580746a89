/// A store on the network: every protocol that we speak, on one port.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/server.hpp"
#include "varve/result.hpp"
#include "varve/store.hpp"

namespace varve::server {

struct ServingOptions {
    /// The address that is listened on. Without TLS and users only one of the machine itself is taken.
    std::string address = "127.0.0.1";
    std::uint16_t port = 2113;  ///< 0: any that is free
    unsigned loops = 1;         ///< threads that serve, 1..64
    net::ServerLimits limits = {};
};

/// Serves from its construction until stop or its destruction. Any thread.
class Serving {
public:
    /// Errors: `invalid_argument` (an address that is not of this machine alone, or no address), `unavailable` (the port is
    /// taken), `permission_denied` (a port below 1024).
    [[nodiscard]] static Result<std::unique_ptr<Serving>> start(Store store, const ServingOptions& options);
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] net::ServerCounters counters() const;
    /// Takes nothing new, and lets what is at hand end within that time. The store stays open. Idempotent.
    void stop(std::chrono::milliseconds drain);

private:
    struct Inside;
    explicit Serving(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace varve::server
