#include "server/kurrent/v2_failure.hpp"

#include <fmt/format.h>

#include <utility>

namespace varve::kurrent::v2 {

namespace {

constexpr std::string_view errors_package = "kurrentdb.protocol.v2.streams.errors";

void add_detail(std::string_view type, std::string bytes, Status& status) {
    auto& detail = *status.add_details();
    detail.set_type_url(fmt::format("type.googleapis.com/{}", type));
    detail.set_value(std::move(bytes));
}

/// The reason comes first, the particulars last: there are clients that see only the last.
net::Status failed(Code code, std::string message, std::string_view reason, std::string_view type, std::string bytes) {
    Status status;
    status.set_code(static_cast<std::int32_t>(code));
    status.set_message(message);
    ErrorInfo info;
    info.set_reason(std::string(reason));
    info.set_domain("streams");
    add_detail("google.rpc.ErrorInfo", info.SerializeAsString(), status);
    if (!type.empty()) add_detail(type, std::move(bytes), status);
    net::Status made{.code = static_cast<std::uint32_t>(code), .message = std::move(message)};
    made.trailers.add("grpc-status-details-bin", status.SerializeAsString());
    return made;
}

net::Status of_stream(std::string_view stream, std::string message, std::string_view reason, std::string_view type) {
    StreamError details;
    details.set_stream(std::string(stream));
    return failed(Code::failed_precondition, std::move(message), reason, fmt::format("{}.{}", errors_package, type),
                  details.SerializeAsString());
}

}  // namespace

net::Status status_of(const Error& error) {
    switch (error.code) {
        case Code::invalid_argument: return invalid("records", error.message);
        case Code::resource_exhausted:
            return failed(Code::unavailable, "Server Is Too Busy: " + error.message, "SERVER_OVERLOADED", {}, {});
        case Code::failed_precondition:
        case Code::unavailable: return failed(Code::unavailable, error.message, "SERVER_NOT_READY", {}, {});
        default: return failed(error.code, error.message, "SERVER_MALFUNCTION", {}, {});
    }
}

net::Status invalid(std::string_view field, std::string_view what) {
    BadRequest details;
    auto& violation = *details.add_field_violations();
    violation.set_field(std::string(field));
    violation.set_description(std::string(what));
    return failed(Code::invalid_argument, fmt::format("{}: {}", field, what), "BAD_REQUEST", "google.rpc.BadRequest",
                  details.SerializeAsString());
}

net::Status no_requests() {
    return failed(Code::failed_precondition, "an append session without requests appends nothing",
                  "APPEND_SESSION_NO_REQUESTS", {}, {});
}

net::Status stream_deleted(std::string_view stream) {
    return of_stream(stream, fmt::format("Stream '{}' has been deleted.", stream), "STREAM_DELETED",
                     "StreamDeletedErrorDetails");
}

net::Status stream_tombstoned(std::string_view stream) {
    return of_stream(stream, fmt::format("Stream '{}' has been tombstoned.", stream), "STREAM_TOMBSTONED",
                     "StreamTombstonedErrorDetails");
}

net::Status already_in_session(std::string_view stream) {
    StreamError details;
    details.set_stream(std::string(stream));
    return failed(Code::aborted, fmt::format("Stream '{}' has its records in this session already.", stream),
                  "STREAM_ALREADY_IN_APPEND_SESSION",
                  fmt::format("{}.StreamAlreadyInAppendSessionErrorDetails", errors_package),
                  details.SerializeAsString());
}

net::Status revision_conflict(std::string_view stream, std::int64_t expected, std::int64_t actual) {
    StreamRevisionConflict details;
    details.set_stream(std::string(stream));
    details.set_expected_revision(expected);
    details.set_actual_revision(actual);
    return failed(
        Code::failed_precondition,
        fmt::format("Append failed: stream '{}' is at revision {}, expected was {}.", stream, actual, expected),
        "STREAM_REVISION_CONFLICT", fmt::format("{}.StreamRevisionConflictErrorDetails", errors_package),
        details.SerializeAsString());
}

net::Status record_too_large(std::string_view stream, std::string_view record, std::size_t bytes,
                             std::size_t bytes_max) {
    AppendRecordSizeExceeded details;
    details.set_stream(std::string(stream));
    details.set_record_id(std::string(record));
    details.set_size(static_cast<std::int32_t>(bytes));
    details.set_max_size(static_cast<std::int32_t>(bytes_max));
    return failed(
        Code::invalid_argument,
        fmt::format("Record '{}' of stream '{}' has {} bytes; {} are allowed.", record, stream, bytes, bytes_max),
        "APPEND_RECORD_SIZE_EXCEEDED", fmt::format("{}.AppendRecordSizeExceededErrorDetails", errors_package),
        details.SerializeAsString());
}

net::Status transaction_too_large(std::size_t bytes, std::size_t bytes_max) {
    AppendTransactionSizeExceeded details;
    details.set_size(static_cast<std::int32_t>(bytes));
    details.set_max_size(static_cast<std::int32_t>(bytes_max));
    return failed(Code::aborted, fmt::format("The append has {} bytes; {} are allowed at once.", bytes, bytes_max),
                  "APPEND_TRANSACTION_SIZE_EXCEEDED",
                  fmt::format("{}.AppendTransactionSizeExceededErrorDetails", errors_package),
                  details.SerializeAsString());
}

net::Status consistency_violation(const AppendConsistencyViolation& violations) {
    return failed(Code::failed_precondition, "Append failed: a check of a stream's state does not hold.",
                  "APPEND_CONSISTENCY_VIOLATION",
                  fmt::format("{}.AppendConsistencyViolationErrorDetails", errors_package),
                  violations.SerializeAsString());
}

}  // namespace varve::kurrent::v2
