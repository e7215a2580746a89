#include "log/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace varve::log {
namespace {

std::optional<Hash> parse_hash(std::string_view hex) {
    Hash hash;
    if (hex.size() != 2 * hash.bytes.size()) return {};
    for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
        const char* at = hex.data() + 2 * i;
        const auto read = std::from_chars(at, at + 2, hash.bytes[i], 16);
        if (read.ec != std::errc() || read.ptr != at + 2) return {};
    }
    return hash;
}

/// The segment that holds a position, or the last one.
const SegmentDigest* segment_at(const VerifyReport& report, Position position) {
    const auto found = std::ranges::find_if(report.segment_digests,
                                            [&](const SegmentDigest& segment) { return position < segment.next; });
    if (found != report.segment_digests.end()) return &*found;
    return report.segment_digests.empty() ? nullptr : &report.segment_digests.back();
}

}  // namespace

std::string digest_of(const Head& head) {
    return fmt::format("{}:{}", head.next.value, to_hex(head.chain));
}

std::optional<Digest> parse_digest(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    Digest digest;
    const auto read = std::from_chars(text.data(), text.data() + colon, digest.position.value);
    if (read.ec != std::errc() || read.ptr != text.data() + colon) return {};
    const auto chain = parse_hash(text.substr(colon + 1));
    if (!chain) return {};
    digest.chain = *chain;
    return digest;
}

Result<Expectations> Expectations::parse(const std::vector<std::string>& texts) {
    Expectations expectations;
    for (const std::string& text : texts) {
        const auto digest = parse_digest(text);
        if (!digest) {
            return Error{.code = Code::invalid_argument,
                         .message = fmt::format("'{}' is no digest: one is a position, a colon and 32 hex digits, as "
                                                "`varve verify` and `varve info` print it",
                                                text.substr(0, 80))};
        }
        expectations.expected_.push_back({.digest = *digest});
    }
    std::ranges::sort(expectations.expected_, {}, [](const Expected& expected) { return expected.digest.position; });
    return expectations;
}

void Expectations::pass(const Head& head) {
    end_ = head.next;
    while (next_ < expected_.size() && expected_[next_].digest.position < head.next) ++next_;
    // Blocks without events end at the same position as the one before them: any of them may be meant.
    for (std::size_t i = next_; i < expected_.size() && expected_[i].digest.position == head.next; ++i) {
        expected_[i].found = head.chain;
        if (expected_[i].digest.chain == head.chain) expected_[i].met = true;
    }
}

void Expectations::conclude(VerifyReport& report, Findings& findings) const {
    if (expected_.empty()) return;
    const auto bad = std::ranges::find_if(expected_, [](const Expected& expected) { return !expected.met; });
    const Position good = bad == expected_.begin() ? Position{} : std::prev(bad)->digest.position;
    // The chain is told by the frames' headers: it proves nothing of a payload that does not fit them.
    const Position whole = findings.first_damaged();
    report.unchanged_up_to = Position{};
    for (const Expected& expected : std::span(expected_.begin(), bad)) {
        if (expected.digest.position <= whole) report.unchanged_up_to = expected.digest.position;
    }
    if (bad == expected_.end()) return;

    const Position there = bad->digest.position;
    const SegmentDigest* segment = segment_at(report, good);
    std::string what;
    if (there > end_) {
        what = fmt::format(
            "the store ends at position {}, but a digest was written down at position {}: the events "
            "between are missing; restore a backup that holds them",
            end_.value, there.value);
        if (good < end_) {
            what += fmt::format(". Whether events {} to {} are what they were cannot be told: no digest ends there",
                                good.value, end_.value - 1);
        }
    } else {
        const std::string now = bad->found
                                    ? fmt::format("the digest there is now {}:{}", there.value, to_hex(*bad->found))
                                    : "no block of commits ends there now";
        what = fmt::format("history below position {} is not what it was when {}:{} was written down ({}). ",
                           there.value, there.value, to_hex(bad->digest.chain), now);
        what += good == Position{}
                    ? "One digest cannot tell which event differs first: keep the lines of 'varve verify --digests', "
                      "and --expect @FILE names the segment"
                    : fmt::format("It is unchanged below position {}: the first difference lies in events {} to {}",
                                  good.value, good.value, there.value - 1);
    }
    Finding& finding = findings.add(Finding::Kind::changed, segment != nullptr ? segment->file : "", 0, 0, what);
    Findings::concern(finding, good, there);
}

}  // namespace varve::log
