/// A question with one answer, waited for.
#pragma once

#include <string>
#include <string_view>

#include "remote/connection.hpp"
#include "varve/result.hpp"

namespace varve::remote {

/// Asks until there is an answer, or an error that says more than that the server is not there. Only for what may be asked
/// twice. Errors: `unavailable` (not within the patience), `failed_precondition` (in the connection's own thread, or it is
/// closed), and the server's.
[[nodiscard]] Result<std::string> ask_bytes(Connection& connection, std::string_view method,
                                            const std::string& request);

template <class Answer, class Request>
[[nodiscard]] Result<Answer> ask(Connection& connection, std::string_view method, const Request& request) {
    auto bytes = ask_bytes(connection, method, request.SerializeAsString());
    if (!bytes.ok()) return std::move(bytes).error();
    Answer answer;
    if (!answer.ParseFromString(*bytes)) {
        return Error{.code = Code::data_loss, .message = "the server's answer cannot be read: another version?"};
    }
    return answer;
}

/// The error that a call has ended with. Requires a code that is not 0.
[[nodiscard]] Error error_of(const net::Status& status);
/// What every call of a store that is closed answers.
[[nodiscard]] Error closed_error();
[[nodiscard]] std::string path_of(std::string_view method);

}  // namespace varve::remote
