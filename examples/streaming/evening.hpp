/// An evening with many viewers, made up from a seed: the same one each time.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "streaming/views.hpp"

namespace streaming {

struct Plan {
    unsigned viewers = 400, edges = 8;  ///< an edge is a server that collects what its viewers have seen for a minute
    unsigned tunnel = 10;               ///< every so many-th viewer sits in a tunnel, and uploads so many minutes late
    unsigned late_minutes = 4;
    unsigned goal_at = 20;  ///< the minute when everybody wants to see the goal
};

class Evening {
public:
    Evening(varve::Timestamp begin, Plan plan);

    /// What edge `edge` has collected when minute `minute` is over. To be called for each minute, edge by edge.
    std::vector<Watched> upload(unsigned minute, unsigned edge);

private:
    struct Seat {
        std::string video;
        std::int64_t second = 0;
        std::vector<std::vector<Watched>> waiting;  ///< of a viewer in the tunnel
    };
    void choose(Seat& seat, unsigned minute);

    varve::Timestamp begin_;
    Plan plan_;
    std::mt19937 random_{7};
    std::vector<Seat> seats_;
};

}  // namespace streaming
