/// HTTP/2 as a server speaks it: streams become gRPC calls or HTTP exchanges.
#pragma once

#include <memory>

#include "net/protocol.hpp"
#include "net/shop.hpp"

namespace varve::net {

/// Both are to outlive it.
[[nodiscard]] std::unique_ptr<Protocol> make_h2_server(Shop& shop, Line& line);

}  // namespace varve::net
