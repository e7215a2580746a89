#include "streaming/views.hpp"

#include <algorithm>

namespace streaming {
namespace {

std::string minute_of(varve::Timestamp at) {
    return varve::to_string(std::chrono::floor<std::chrono::minutes>(at));
}

}  // namespace

bool is_view(const Watched& view) {
    return !view.viewer.empty() && !view.video.empty() && view.from >= 0 && view.from < longest_video &&
           view.seconds > 0 && view.seconds <= longest_piece;
}

void Trending::on(const Watched& e) {
    windows.update(minute_of(e.at) + "/" + e.video, [&](Window& window) {
        window.video = e.video;
        window.seconds += e.seconds;
    });
}

std::vector<Trend> Trending::answer(const TrendingAt& q) const {
    std::map<std::string, std::int64_t> sums;
    windows.for_each(minute_of(q.at - q.within), minute_of(q.at),
                     [&](const Window& window) { sums[window.video] += window.seconds; });
    std::vector<Trend> trends;
    for (const auto& [video, seconds] : sums) trends.push_back({video, seconds});
    std::ranges::stable_sort(trends, std::greater(), &Trend::seconds);
    if (trends.size() > q.most) trends.resize(q.most);
    return trends;
}

void Attentions::on(const Watched& e) {
    if (!is_view(e)) return;  // written by somebody who did not look
    std::vector<bool>& pieces = seen[e.video][e.viewer];
    const auto first = static_cast<std::size_t>(e.from / piece);
    const auto end = first + static_cast<std::size_t>(e.seconds / piece);
    if (pieces.size() < end) pieces.resize(end);
    for (std::size_t each = first; each < end; ++each) pieces[each] = true;
}

std::vector<Attention> Attentions::answer(const AttentionOfAll&) const {
    std::vector<Attention> all;
    for (const auto& [video, viewers] : seen) {
        Attention attention{video, static_cast<std::int64_t>(viewers.size())};
        for (const auto& [viewer, pieces] : viewers) attention.seconds += piece * std::ranges::count(pieces, true);
        all.push_back(attention);
    }
    return all;
}

}  // namespace streaming
