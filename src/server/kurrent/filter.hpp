/// Which events of `$all` a client wants, by the name of their stream or their type.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "varve/event.hpp"
#include "varve/result.hpp"

namespace varve::kurrent {

/// Used by one thread at a time.
class Filter {
public:
    enum class Of : std::uint8_t { stream, type };

    /// Begins with one of these.
    [[nodiscard]] static Filter by_prefix(Of of, std::vector<std::string> prefixes);
    /// A regular expression of the usual kind, with look-around, found anywhere in the name. Errors: `invalid_argument`, with
    /// what is wrong and where.
    [[nodiscard]] static Result<Filter> by_regex(Of of, const std::string& regex);

    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    /// An expression that is too hard for a name does not match it.
    [[nodiscard]] bool matches(const Event& event) const;

private:
    struct Regex;
    Filter(Of of, std::vector<std::string> prefixes, std::unique_ptr<Regex> regex);

    Of of_;
    std::vector<std::string> prefixes_;
    std::unique_ptr<Regex> regex_;
};

}  // namespace varve::kurrent
