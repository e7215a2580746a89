#include "server/kurrent/filter.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace varve::kurrent {

namespace {

constexpr std::size_t regex_bytes_max = 4096;
/// Steps of the matcher for one name; the names are short, and no sound expression comes near.
constexpr std::uint32_t match_steps = 20'000;
constexpr std::uint32_t match_heap_kilobytes = 256;

}  // namespace

struct Filter::Regex {
    struct Free {
        void operator()(pcre2_code* code) const { pcre2_code_free(code); }
        void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
        void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
    };
    std::unique_ptr<pcre2_code, Free> code;
    std::unique_ptr<pcre2_match_data, Free> data;
    std::unique_ptr<pcre2_match_context, Free> limits;
};

Filter::Filter(Of of, std::vector<std::string> prefixes, std::unique_ptr<Regex> regex)
    : of_(of), prefixes_(std::move(prefixes)), regex_(std::move(regex)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Filter Filter::by_prefix(Of of, std::vector<std::string> prefixes) {
    return {of, std::move(prefixes), nullptr};
}

Result<Filter> Filter::by_regex(Of of, const std::string& regex) {
    if (regex.size() > regex_bytes_max) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("a filter's regular expression has {} bytes; {} are allowed", regex.size(),
                                            regex_bytes_max)};
    }
    int fault = 0;
    std::size_t place = 0;
    auto made = std::make_unique<Regex>();
    made->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()), regex.size(),
                                   PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &fault, &place, nullptr));
    if (made->code == nullptr) {
        std::array<PCRE2_UCHAR, 256> text{};
        pcre2_get_error_message(fault, text.data(), text.size());
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("the filter's regular expression '{}' is not valid at character {}: {}",
                                            regex, place, reinterpret_cast<const char*>(text.data()))};
    }
    made->data.reset(pcre2_match_data_create_from_pattern(made->code.get(), nullptr));
    made->limits.reset(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(made->limits.get(), match_steps);
    pcre2_set_depth_limit(made->limits.get(), match_steps);
    pcre2_set_heap_limit(made->limits.get(), match_heap_kilobytes);
    return Filter{of, {}, std::move(made)};
}

bool Filter::matches(const Event& event) const {
    const std::string_view name = of_ == Of::stream ? event.stream : event.type;
    if (regex_ == nullptr) {
        return std::ranges::any_of(prefixes_, [&](const std::string& prefix) { return name.starts_with(prefix); });
    }
    // Names of streams and types are UTF-8: the store's door has seen to that.
    return pcre2_match(regex_->code.get(), reinterpret_cast<PCRE2_SPTR>(name.data()), name.size(), 0,
                       PCRE2_NO_UTF_CHECK, regex_->data.get(), regex_->limits.get()) >= 0;
}

}  // namespace varve::kurrent
