#include "social/timelines.hpp"

#include <numeric>
#include <optional>
#include <utility>

namespace social {
namespace {

std::string place_of(const varve::Event& event) {
    constexpr std::size_t digits = 20;  // of the largest position, so that texts sort like numbers
    const std::string number = std::to_string(event.position.value);
    return std::string(digits - number.size(), '0') + number;
}

}  // namespace

void Timelines::on(const Followed& e, const varve::Event& event) {
    followers.put({e.followed + "/" + e.follower, e.follower, event.created});
}

void Timelines::on(const Unfollowed& e) {
    followers.erase(e.followed + "/" + e.follower);
    std::vector<Entry> gone;
    entries.for_each_prefix(e.follower + "/", [&](const Entry& entry) {
        if (entry.via == e.followed) gone.push_back(entry);
    });
    for (const Entry& entry : gone) drop(entry);
}

void Timelines::on(const Posted& e, const varve::Event& event, const varve::Partition& mine) {
    const Entry entry{{}, e.post, e.author, e.author, e.text, event.created};
    if (mine.has(e.author)) deliver(e.author, entry, event);
    followers.for_each_prefix(e.author + "/", [&](const Edge& edge) { deliver(edge.follower, entry, event); });
}

void Timelines::on(const Shared& e, const varve::Event& event, const varve::Partition&) {
    const Entry entry{{}, e.post, e.author, e.by, e.text, event.created};
    followers.for_each_prefix(e.by + "/", [&](const Edge& edge) { deliver(edge.follower, entry, event); });
}

void Timelines::on(const Removed& e, const varve::Partition&) {
    std::vector<Entry> gone;
    copies.for_each_prefix(e.post + "/", [&](const Copy& copy) {
        if (auto entry = entries.get(copy.entry)) gone.push_back(std::move(*entry));
    });
    for (const Entry& entry : gone) drop(entry);
}

std::vector<Entry> Timelines::answer(const FeedOf& q) const {
    return entries.page_prefix(q.reader + "/", {.limit = q.most, .direction = varve::Direction::backward}).rows;
}

WhyIsIn::Answer Timelines::answer(const WhyIsIn& q) const {
    WhyIsIn::Answer reasons;
    entries.for_each_prefix(q.reader + "/", [&](const Entry& entry) {
        if (entry.post != q.post) return;
        const auto edge = followers.get(entry.via + "/" + q.reader);
        reasons.push_back({entry.via, edge ? std::optional(edge->since) : std::nullopt, entry.at});
    });
    return reasons;
}

std::uint64_t Timelines::merge(std::vector<std::uint64_t> parts) {
    return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
}

void Timelines::deliver(const std::string& reader, Entry entry, const varve::Event& event) {
    entry.key = reader + "/" + place_of(event);
    copies.put({entry.post + "/" + entry.key, entry.key});
    entries.put(std::move(entry));
}

void Timelines::drop(const Entry& entry) {
    copies.erase(entry.post + "/" + entry.key);
    entries.erase(entry.key);
}

}  // namespace social
