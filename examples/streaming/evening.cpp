#include "streaming/evening.hpp"

#include <array>
#include <utility>

namespace streaming {
namespace {

constexpr std::int64_t piece = 10;                 // seconds that a device plays before it reports them
constexpr std::int64_t goal_lasts = 60;            // of that video
constexpr unsigned zap = 5, favourite = 3;         // one in so many changes each minute; and goes where the crowd goes
constexpr unsigned rush_minutes = 5, in_rush = 2;  // one in so many wants to see the goal in these minutes
constexpr std::array videos{"drama", "cooking", "match", "news", "quiz"};

}  // namespace

Evening::Evening(varve::Timestamp begin, Plan plan) : begin_(begin), plan_(plan), seats_(plan.viewers) {}

void Evening::choose(Seat& seat, unsigned minute) {
    const bool over = seat.video == "goal" && seat.second >= goal_lasts;
    const bool rush = minute >= plan_.goal_at && minute < plan_.goal_at + rush_minutes;
    if (rush && random_() % in_rush == 0) {
        seat = {"goal", 0, std::move(seat.waiting)};
    } else if (seat.video.empty() || over || random_() % zap == 0) {
        const char* video = random_() % favourite == 0 ? "match" : videos.at(random_() % videos.size());
        seat = {video, 0, std::move(seat.waiting)};
    }
}

std::vector<Watched> Evening::upload(unsigned minute, unsigned edge) {
    std::vector<Watched> views;
    for (unsigned viewer = edge; viewer < plan_.viewers; viewer += plan_.edges) {
        Seat& seat = seats_[viewer];
        choose(seat, minute);
        std::vector<Watched> seen;
        for (std::chrono::seconds past{0}; past < std::chrono::minutes(1); past += std::chrono::seconds(piece)) {
            seen.push_back({"v" + std::to_string(viewer), seat.video, seat.second, piece,
                            begin_ + std::chrono::minutes(minute) + past});
            seat.second += piece;
        }
        if (viewer % plan_.tunnel == 0) {
            seat.waiting.push_back(std::exchange(seen, {}));
            if (minute >= plan_.late_minutes) seen = seat.waiting[minute - plan_.late_minutes];
        }
        views.insert(views.end(), seen.begin(), seen.end());
    }
    return views;
}

}  // namespace streaming
