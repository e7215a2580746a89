#include "server/kurrent/failure.hpp"

#include <fmt/format.h>

#include <utility>

namespace varve::kurrent {

namespace {

constexpr std::string_view exception = "exception";

net::Status failed(Code code, std::string message) {
    return {.code = static_cast<std::uint32_t>(code), .message = std::move(message)};
}

net::Status failed(Code code, std::string message, std::string_view name) {
    net::Status status = failed(code, std::move(message));
    status.trailers.add(std::string(exception), std::string(name));
    return status;
}

/// As the protocol writes an expectation: a revision, or one of its negative numbers.
std::int64_t number_of(const Expected& expected) {
    switch (expected.kind()) {
        case Expected::Kind::exact: return static_cast<std::int64_t>(expected.revision().value);
        case Expected::Kind::none: return -1;
        case Expected::Kind::any: return -2;
        case Expected::Kind::exists: return -4;
    }
    return -2;
}

}  // namespace

net::Status status_of(const Error& error) {
    switch (error.code) {
        // Clients take these for reasons to connect anew, or to give up: an ordinary failure is neither.
        case Code::resource_exhausted: return failed(Code::unavailable, "Server Is Too Busy: " + error.message);
        case Code::unavailable: return failed(Code::unavailable, error.message);
        case Code::failed_precondition: return failed(Code::unavailable, "Server Is Not Ready: " + error.message);
        default: return net::Status::of(error);
    }
}

net::Status invalid(std::string message) {
    return failed(Code::invalid_argument, std::move(message));
}

net::Status stream_deleted(std::string_view stream) {
    net::Status status =
        failed(Code::failed_precondition, fmt::format("Event stream '{}' is deleted.", stream), "stream-deleted");
    status.trailers.add("stream-name", std::string(stream));
    return status;
}

net::Status wrong_version(std::string_view stream, const Expected& expected, std::optional<Revision> actual) {
    const std::int64_t is = actual ? static_cast<std::int64_t>(actual->value) : -1;
    const std::int64_t wanted = number_of(expected);
    net::Status status = failed(Code::failed_precondition,
                                fmt::format("Delete failed due to WrongExpectedVersion. Stream: {}, Expected version: "
                                            "{}, Actual version: {}",
                                            stream, wanted, is),
                                "wrong-expected-version");
    status.trailers.add("stream-name", std::string(stream));
    status.trailers.add("expected-version", fmt::format("{}", wanted));
    status.trailers.add("actual-version", fmt::format("{}", is));
    return status;
}

net::Status lacks_metadata(std::string_view required) {
    net::Status status =
        failed(Code::invalid_argument, fmt::format("Required Metadata Property '{}' is missing.", required),
               "missing-required-metadata-property");
    status.trailers.add("required-metadata-properties", "type,content-type");
    return status;
}

net::Status append_too_large(std::size_t bytes_max) {
    net::Status status = failed(Code::invalid_argument, fmt::format("Maximum Append Size of {} Exceeded.", bytes_max),
                                "maximum-append-size-exceeded");
    status.trailers.add("maximum-append-size", fmt::format("{}", bytes_max));
    return status;
}

net::Status event_too_large(std::string_view id, std::size_t bytes, std::size_t bytes_max) {
    net::Status status = failed(
        Code::invalid_argument,
        fmt::format("Event with Id: {}, Size: {}, exceeds Maximum Append Event Size of {}.", id, bytes, bytes_max),
        "maximum-append-event-size-exceeded");
    status.trailers.add("event-id", std::string(id));
    status.trailers.add("proposed-append-event-size", fmt::format("{}", bytes));
    status.trailers.add("maximum-append-event-size", fmt::format("{}", bytes_max));
    return status;
}

net::Status bad_message(std::string_view what) {
    return invalid(fmt::format("the request is no valid {} message", what));
}

}  // namespace varve::kurrent
