#include "cases/workload.hpp"

namespace varve::bench {

Scale Scale::full() {
    return {.measure = Seconds(2.5),
            .warm_up = Seconds(0.5),
            .probe = Seconds(0.5),
            .append_events = 2'000'000,
            .read_events = 1'000'000,
            .load_events = 10'000'000,
            .disk_bytes = 12'000'000'000};
}

Scale Scale::quick() {
    return {.measure = Seconds(0.35),
            .warm_up = Seconds(0.1),
            .probe = Seconds(0.15),
            .append_events = 600'000,
            .read_events = 1'000'000,
            .load_events = 3'000'000,
            .disk_bytes = 6'000'000'000};
}

}  // namespace varve::bench
