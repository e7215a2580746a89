/// What a thread is in the middle of: it must not wait for the end of that.
#pragma once

#include <string_view>

#include "varve/result.hpp"

namespace varve {

/// From its construction to its destruction this thread works for `whom`, e.g. a projection; one within another.
class AtWork {
public:
    explicit AtWork(const void* whom);
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;
    ~AtWork();

    [[nodiscard]] static bool here(const void* whom);

private:
    const void* whom_;
    const AtWork* outer_;
};

/// What a projection answers to its own handlers, effects and answers where it would wait for their end.
[[nodiscard]] Error from_within(std::string_view what, std::string_view projection);

/// What App::close answers to its own threads.
[[nodiscard]] Error closed_from_within();

}  // namespace varve
