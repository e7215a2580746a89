#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "index/index.hpp"
#include "index/pending.hpp"
#include "varve/event.hpp"

namespace varve::index {
namespace {

/// Positions by name. As simple as can be: the twin says what the RocksDB index must answer.
class MemoryIndex final : public Index {
public:
    Result<Watermark> watermark() const override {
        const std::shared_lock lock(mutex_);
        return watermark_;
    }

    Result<> apply(std::span<const Entry> entries, const Watermark& watermark) override {
        const std::unique_lock lock(mutex_);
        if (const auto fault = fault_of(entries, watermark_.next, watermark.next); !fault.empty()) {
            return Error{.code = Code::internal,
                         .message = "index in memory: a batch cannot be applied: " + std::string(fault) +
                                    "; please report this"};
        }
        for (const Entry& entry : entries) {
            streams_[std::string(entry.stream)].emplace_back(entry.revision, entry.position);
            terms_[{TermKind::category, std::string(category_of(entry.stream))}].push_back(entry.position);
            if (!entry.type.empty()) terms_[{TermKind::type, std::string(entry.type)}].push_back(entry.position);
            for (const std::string_view tag : entry.tags) {
                terms_[{TermKind::tag, std::string(tag)}].push_back(entry.position);
            }
        }
        watermark_ = watermark;
        return {};
    }

    Result<std::optional<StreamInfo>> stream(std::string_view name) const override {
        const std::shared_lock lock(mutex_);
        const auto found = streams_.find(name);
        if (found == streams_.end()) return std::nullopt;
        return info_of(*found);
    }

    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const override {
        const std::shared_lock lock(mutex_);
        const auto found = streams_.find(name);
        if (found == streams_.end()) return {};
        const auto& all = found->second;
        auto at = std::ranges::lower_bound(all, from, {}, &Place::first);
        for (Revision revision = from; at != all.end() && count != 0; ++revision, --count) {
            into.push_back(at->second);
            if (at->first == revision) ++at;
        }
        return {};
    }

    Result<> term_positions_from(const Term& term, Position from, std::uint64_t count,
                                 std::vector<Position>& into) const override {
        const std::shared_lock lock(mutex_);
        const auto found = terms_.find({term.kind, std::string(term.name)});
        if (found == terms_.end()) return {};
        const auto& all = found->second;
        for (auto at = std::lower_bound(all.begin(), all.end(), from); at != all.end() && count != 0; ++at, --count) {
            into.push_back(*at);
        }
        return {};
    }

    Result<> term_positions_until(const Term& term, Position until, std::uint64_t count,
                                  std::vector<Position>& into) const override {
        const std::shared_lock lock(mutex_);
        const auto found = terms_.find({term.kind, std::string(term.name)});
        if (found == terms_.end()) return {};
        const auto& all = found->second;
        for (auto at = std::upper_bound(all.begin(), all.end(), until); at != all.begin() && count != 0; --count) {
            into.push_back(*--at);
        }
        return {};
    }

    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) const override {
        const std::shared_lock lock(mutex_);
        std::vector<StreamInfo> page;
        for (auto at = streams_.lower_bound(std::max(prefix, after)); at != streams_.end() && page.size() < limit;
             ++at) {
            if (!at->first.starts_with(prefix)) break;
            if (at->first != after) page.push_back(info_of(*at));
        }
        return page;
    }

    Result<> flush() override { return {}; }

private:
    using Place = std::pair<Revision, Position>;
    using PlacesByName = std::map<std::string, std::vector<Place>, std::less<>>;

    static StreamInfo info_of(const PlacesByName::value_type& stream) {
        const auto& [last, position] = stream.second.back();
        return {.name = stream.first, .last = last, .last_position = position};
    }

    mutable std::shared_mutex mutex_;
    PlacesByName streams_;
    std::map<std::pair<TermKind, std::string>, std::vector<Position>> terms_;
    Watermark watermark_;
};

}  // namespace

std::unique_ptr<Index> memory_index() {
    return std::make_unique<MemoryIndex>();
}

}  // namespace varve::index
