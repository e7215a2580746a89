#include "varve/result.hpp"

#include <array>
#include <memory>

namespace varve {

std::string_view to_string(Code code) {
    static constexpr std::array<std::string_view, 17> names = {
        "ok",        "cancelled",      "unknown",           "invalid_argument",   "deadline_exceeded",
        "not_found", "already_exists", "permission_denied", "resource_exhausted", "failed_precondition",
        "aborted",   "out_of_range",   "unimplemented",     "internal",           "unavailable",
        "data_loss", "unauthenticated"};
    const auto number = static_cast<std::size_t>(code);
    return number < names.size() ? names[number] : "unknown";
}

std::string Error::to_string() const {
    std::string text(varve::to_string(code));
    if (!reason.empty()) text += " [" + reason + "]";
    return message.empty() ? text : text + ": " + message;
}

Error Error::within(std::string_view where) && {
    message = std::string(where) + ": " + message;
    return std::move(*this);
}

Failure::~Failure() = default;

namespace detail {

Fault::Fault(Error&& error) : error_(moved(error)) {}

Error* Fault::copied(const Error& error) {
    return std::make_unique<Error>(error).release();
}

Error* Fault::moved(Error& error) {
    return std::make_unique<Error>(std::move(error)).release();
}

void Fault::drop(Error* error) {
    const std::unique_ptr<Error> owned(error);
}

void fail(const Error& error) {
    throw Failure(error);
}

}  // namespace detail

}  // namespace varve
