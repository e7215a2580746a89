#include "log/findings.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace varve::log {
namespace {

constexpr std::size_t streams_max = 10;

}  // namespace

Finding& Findings::add(Finding::Kind kind, std::string_view file, std::uint64_t offset, std::uint64_t bytes,
                       std::string what) {
    list_.push_back({.kind = kind,
                     .file = std::string(file),
                     .offset = offset,
                     .bytes = bytes,
                     .first = {},
                     .last = {},
                     .streams = {},
                     .what = std::move(what)});
    return list_.back();
}

void Findings::concern(Finding& finding, Position first, Position next) {
    if (next <= first) return;
    finding.first = first;
    finding.last = next - 1;
}

Position Findings::first_damaged() const {
    Position first{UINT64_MAX};
    for (const Finding& finding : list_) {
        if (finding.kind == Finding::Kind::damage && finding.first) first = std::min(first, *finding.first);
    }
    return first;
}

void Findings::name_stream(Finding& finding, std::string_view stream) {
    if (stream.empty() || finding.streams.size() == streams_max) return;
    if (std::ranges::find(finding.streams, stream) == finding.streams.end()) finding.streams.emplace_back(stream);
}

}  // namespace varve::log
