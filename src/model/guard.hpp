/// Calls code of the application so that nothing it throws gets past the door.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "varve/result.hpp"

namespace varve {

/// What an exception of the application's code becomes: `where` names the code and what it worked on.
template <class F>
[[nodiscard]] Result<> guarded(F&& code, const auto& where) {
    try {
        return std::forward<F>(code)();
    } catch (const std::exception& exception) {
        return Error{.code = Code::unknown, .message = std::string(where()) + " threw: " + exception.what()};
    } catch (...) {
        return Error{.code = Code::unknown,
                     .message = std::string(where()) + " threw something that is no std::exception"};
    }
}

/// The same where the code works on tables, whose failures keep their own error.
template <class F>
[[nodiscard]] Result<> guarded_with_tables(F&& code, const auto& where) {
    Result<> failed;
    const Result<> outcome = guarded(
        [&]() -> Result<> {
            try {
                return std::forward<F>(code)();
            } catch (const Failure& failure) {
                failed = Error(failure.error()).within(where());
                return {};
            }
        },
        where);
    return outcome.ok() ? failed : outcome;
}

}  // namespace varve
