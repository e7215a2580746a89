/// What every protocol answers from.
#pragma once

#include <cstdint>
#include <string>

#include "server/gathered.hpp"
#include "server/head_watch.hpp"
#include "varve/store.hpp"
#include "varve/types.hpp"

namespace varve::server {

/// Outlives every call and exchange.
struct Backend {
    Store store;
    HeadWatch& heads;
    std::string address;  ///< where clients reach this server
    std::uint16_t port = 0;
    EventId instance = EventId::random();
    Gathered gathered = {};
};

}  // namespace varve::server
