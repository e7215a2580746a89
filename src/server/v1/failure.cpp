#include "server/v1/failure.hpp"

#include <utility>

#include "wire/answers.hpp"

namespace varve::server::v1 {

net::Status status_of(const Error& error) {
    net::Status status = net::Status::of(error);
    if (std::string details = wire::details_of(error); !details.empty())
        status.trailers.add("grpc-status-details-bin", std::move(details));
    return status;
}

}  // namespace varve::server::v1
