#include "server/kurrent/outcome.hpp"

#include <fmt/format.h>

#include "server/kurrent/failure.hpp"
#include "server/kurrent/wire.hpp"

namespace varve::kurrent {

namespace {

void put_details(std::string_view name, std::string bytes, v1::BatchStatus& out) {
    out.mutable_details()->set_type_url(fmt::format("type.googleapis.com/event_store.client.{}", name));
    out.mutable_details()->set_value(std::move(bytes));
}

void put_wrong_version_details(const Expected& expected, std::optional<Revision> actual, v1::BatchStatus& out) {
    v1::WrongExpectedVersion details;
    if (actual) {
        details.set_current_stream_revision(actual->value);
    } else {
        details.mutable_current_no_stream();
    }
    switch (expected.kind()) {
        case Expected::Kind::exact: details.set_expected_stream_position(expected.revision().value); break;
        case Expected::Kind::any: details.mutable_expected_any(); break;
        case Expected::Kind::exists: details.mutable_expected_stream_exists(); break;
        case Expected::Kind::none: details.mutable_expected_no_stream(); break;
    }
    put_failure(Code::already_exists, "WrongExpectedVersion", "WrongExpectedVersion", out);
    put_details("WrongExpectedVersion", details.SerializeAsString(), out);
}

}  // namespace

void put_success(const Appended& appended, v1::AppendResp::Success& out) {
    if (appended.revision) {
        out.set_current_revision(appended.revision->value);
    } else {
        out.mutable_no_stream();
    }
    if (appended.position) {
        put_position(*appended.position, *out.mutable_position());
    } else {
        out.mutable_no_position();
    }
}

void put_wrong_version(const Expected& expected, std::optional<Revision> actual, v1::AppendResp::WrongVersion& out) {
    if (actual) {
        out.set_current_revision(actual->value);
        out.set_current_revision_20_6_0(actual->value);
    } else {
        out.mutable_current_no_stream();
        out.mutable_no_stream_20_6_0();
    }
    switch (expected.kind()) {
        case Expected::Kind::exact:
            out.set_expected_revision(expected.revision().value);
            out.set_expected_revision_20_6_0(expected.revision().value);
            break;
        case Expected::Kind::any:
            out.mutable_expected_any();
            out.mutable_any_20_6_0();
            break;
        case Expected::Kind::exists:
            out.mutable_expected_stream_exists();
            out.mutable_stream_exists_20_6_0();
            break;
        case Expected::Kind::none: out.mutable_expected_no_stream(); break;
    }
}

void put_failure(const AppendOutcome& outcome, std::string_view stream, const Expected& expected,
                 v1::BatchStatus& out) {
    if (const auto* wrong = std::get_if<WrongVersion>(&outcome))
        return put_wrong_version_details(expected, wrong->actual, out);
    if (std::holds_alternative<Deleted>(outcome)) {
        put_failure(Code::not_found, fmt::format("Event stream '{}' is deleted.", stream), "StreamDeleted", out);
        v1::StreamDeleted details;
        put_name(stream, *details.mutable_stream_identifier());
        return put_details("StreamDeleted", details.SerializeAsString(), out);
    }
    const auto& error = std::get<Error>(outcome);
    if (error.code == Code::invalid_argument) return put_failure(error.code, error.message, "BadRequest", out);
    const net::Status status = status_of(error);
    put_failure(static_cast<Code>(status.code), status.message, "Unknown", out);
}

void put_failure(Code code, std::string_view message, std::string_view name, v1::BatchStatus& out) {
    out.set_code(static_cast<std::int32_t>(code));
    out.set_message(message.data(), message.size());
    put_details(name, {}, out);
}

void put_too_large(std::size_t bytes_max, v1::BatchStatus& out) {
    put_failure(Code::invalid_argument, "Maximum Append Size Exceeded", {}, out);
    v1::MaximumAppendSizeExceeded details;
    details.set_maxappendsize(static_cast<std::uint32_t>(bytes_max));
    put_details("MaximumAppendSizeExceeded", details.SerializeAsString(), out);
}

}  // namespace varve::kurrent
