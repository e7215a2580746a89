#include "model/rebuild_exchange.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace varve {

namespace {

constexpr std::chrono::milliseconds between_attempts{100};

/// A file on the move.
struct Moving {
    ReadModel& model;
    std::string from, to;
};

/// All of them, or none: while an answer from one of them does not end, questions to the others are answered.
Result<> leave(std::span<const Moving> files, Deadline deadline) {
    for (;;) {
        Result<> done;
        std::size_t left = 0;
        while (done.ok() && left < files.size()) {
            done = files[left].model.leave(std::chrono::steady_clock::now());
            if (done.ok()) ++left;
        }
        if (done.ok()) return done;
        const bool busy = done.error().code == Code::deadline_exceeded;
        for (const Moving& file : files.first(left)) {
            if (Result<> back = file.model.arrive(file.from); !back.ok()) return back;
        }
        if (!busy || std::chrono::steady_clock::now() >= deadline) return done;
        std::this_thread::sleep_for(between_attempts);
    }
}

}  // namespace

Result<> exchange_files(RebuildFiles& files, const Crew& next, const Crew& before, RebuildFiles::Way way,
                        Deadline deadline) {
    const bool forward = way == RebuildFiles::Way::swap;
    const std::string waiting = forward ? RebuildFiles::next_suffix : RebuildFiles::previous_suffix;
    const std::string passed = forward ? RebuildFiles::previous_suffix : RebuildFiles::next_suffix;
    std::vector<Moving> moving;
    for (std::size_t i = 0; i < files.paths().size(); ++i) {
        const std::string& path = files.paths()[i];
        moving.push_back({next.workers()[i]->model(), path + waiting, path});
        moving.push_back({before.workers()[i]->model(), path, path + passed});
    }
    if (Result<> left = leave(moving, deadline); !left.ok()) return left;
    Result<> done = forward ? files.swap() : files.swap_back();
    const bool exchanged = done.ok();
    for (const Moving& file : moving) {
        Result<> arrived = file.model.arrive(exchanged ? file.to : file.from);
        if (done.ok()) done = std::move(arrived);
    }
    return done;
}

}  // namespace varve
