#include "varve/detail/unknown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace varve::detail {

namespace {

/// `Deposited.v2` -> `Deposited`
std::string_view without_version(std::string_view name) {
    const std::size_t digits = name.find_last_not_of("0123456789");
    if (digits == std::string_view::npos || digits + 1 == name.size() || digits < 2) return name;
    return name.substr(digits - 1, 2) == ".v" ? name.substr(0, digits - 1) : name;
}

std::vector<std::string_view> without_versions(std::vector<std::string_view> names) {
    for (std::string_view& name : names) name = without_version(name);
    return names;
}

Error unknown_event(const Event& event, std::string_view reader, bool other_version) {
    return {.code = Code::failed_precondition,
            .message = fmt::format("event '{}' at position {} of stream '{}' is {} that {} does not know; {}",
                                   event.type, event.position.value, event.stream,
                                   other_version ? "a version of one of its events" : "one", reader,
                                   other_version ? "if a newer program wrote it, update this one; if it is older, give "
                                                   "its successor an upcast; or name it in `using Ignores = "
                                                   "varve::Events<...>`"
                                                 : "list it, or name it in `using Ignores = varve::Events<...>`"),
            .reason = "event.unknown"};
}

}  // namespace

UnknownEvents::UnknownEvents(UnknownRule rule, const std::vector<std::string_view>& known)
    : rule_(std::move(rule)), kinds_(without_versions(known)) {}

Result<bool> UnknownEvents::judge(const Event& event) const {
    if (rule_.policy == Unknown::skip || event.type.starts_with('$')) return false;
    if (!rule_.categories.empty() &&
        std::ranges::find(rule_.categories, category_of(event.stream)) == rule_.categories.end())
        return false;
    if (rule_.policy == Unknown::raw) return true;
    const bool other_version = kinds_.find(without_version(event.type)) != NameIndex::none;
    if (rule_.policy == Unknown::fail || other_version) return unknown_event(event, rule_.reader, other_version);
    return false;
}

}  // namespace varve::detail
