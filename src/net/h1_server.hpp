/// HTTP/1.1, and what is left of 1.0, as a server speaks it: one request after the other.
#pragma once

#include <memory>

#include "net/protocol.hpp"
#include "net/shop.hpp"

namespace varve::net {

/// Both are to outlive it.
[[nodiscard]] std::unique_ptr<Protocol> make_h1_server(Shop& shop, Line& line);

}  // namespace varve::net
