#include "varve/detail/upcast.hpp"

#include <exception>
#include <string>

namespace varve::detail {

Error upcast_threw(const Event& event, std::string_view name) {
    Error error{.code = Code::unknown, .message = {}};
    try {
        throw;
    } catch (const Failure& failure) {
        error = failure.error();
    } catch (const std::exception& exception) {
        error.message = exception.what();
    } catch (...) {
        error.message = "something that is no std::exception";
    }
    const std::string type = "'" + std::string(event.type) + "'";
    const std::string from = event.stream.empty()
                                 ? "the recorded " + type
                                 : "event " + type + " at position " + std::to_string(event.position.value) +
                                       " of stream '" + std::string(event.stream) + "'";
    error.message = "the upcast of " + std::string(name) + ", from " + from + ", threw: " + error.message;
    return error;
}

}  // namespace varve::detail
