/// The methods of this protocol that the server answers: the one list that calls are routed by and clients are told of.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "net/call.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent {

struct Method {
    std::string_view service;
    std::string_view name;
    std::unique_ptr<net::Handler> (*accept)(Backend& backend, const std::shared_ptr<net::Call>& call);
    std::span<const std::string_view> features = {};
};

[[nodiscard]] std::span<const Method> methods();

}  // namespace varve::kurrent
