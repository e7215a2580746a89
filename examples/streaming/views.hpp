/// Pieces of videos that people have seen, many a second; where a viewer stopped, and what everybody is watching.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "varve/varve.hpp"

namespace streaming {

/// A device has played a piece. `at` is its own clock's time, when it was seen; when we heard of it, the store stamps.
struct Watched {
    std::string viewer, video;
    std::int64_t from = 0, seconds = 0;  ///< of the video
    varve::Timestamp at = {};
};

inline constexpr std::int64_t longest_video = 86'400, longest_piece = 600;  // seconds
/// Nobody decides about views, so whoever takes them in looks at them: a piece of some seconds, of a video of a day at most.
[[nodiscard]] bool is_view(const Watched& view);

/// One viewer: a stream each, folded when somebody asks.
struct Viewer {
    using Events = varve::Events<Watched>;
    struct Place {
        std::int64_t second = 0;  ///< where to go on
        varve::Timestamp at = {};
    };
    std::map<std::string, Place> places;  ///< by video

    void evolve(const Watched& e) {
        Place& place = places[e.video];
        if (e.at >= place.at) place = {e.from + e.seconds, e.at};  // what comes late moves nobody back
    }
};

/// How much was seen of one video within one minute.
struct Window {
    std::string key;  ///< of the minute and the video, so that minutes lie side by side
    std::string video;
    std::int64_t seconds = 0;
};
struct Trend {
    std::string video;
    std::int64_t seconds = 0;
    friend bool operator==(const Trend&, const Trend&) = default;
};
/// The most watched ones within the last minutes before a moment.
struct TrendingAt {
    varve::Timestamp at;
    std::chrono::minutes within{5};
    std::size_t most = 3;
    using Answer = std::vector<Trend>;
};

struct Trending {
    using Events = varve::Events<Watched>;
    using Queries = varve::Queries<TrendingAt>;
    varve::Table<Window> windows;

    void on(const Watched& e);
    [[nodiscard]] std::vector<Trend> answer(const TrendingAt& q) const;
};

/// A number that nobody had thought of when these views came in: how much of a video do those see who begin it?
struct Attention {
    std::string video;
    std::int64_t viewers = 0;
    std::int64_t seconds = 0;  ///< seen by them together, each second once
};
struct AttentionOfAll {
    using Answer = std::vector<Attention>;
};

struct Attentions {
    using Events = varve::Events<Watched>;
    using Queries = varve::Queries<AttentionOfAll>;
    static constexpr std::int64_t piece = 10;                              ///< seconds: no device reports less
    std::map<std::string, std::map<std::string, std::vector<bool>>> seen;  ///< by video and viewer, piece by piece

    void on(const Watched& e);
    [[nodiscard]] std::vector<Attention> answer(const AttentionOfAll&) const;
};

}  // namespace streaming
