// Forty minutes of an evening, and what becomes of the views afterwards: docs/examples/streaming.md walks through it.
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>

#include "shared/page.hpp"
#include "streaming/evening.hpp"
#include "streaming/intake.hpp"
#include "varve/testing_clock.hpp"

namespace {

using namespace streaming;
using examples::grouped;
using std::chrono::minutes;
using varve::Result;

constexpr unsigned evening_minutes = 40;
constexpr unsigned unsure = 25;  // one in so many uploads comes again, because its answer was lost

void show(const std::string& heading, const std::vector<Trend>& trends) {
    std::cout << heading << '\n';
    for (const Trend& trend : trends) {
        std::cout << "  " << std::left << std::setw(8) << trend.video << std::right << std::setw(7)
                  << grouped(static_cast<std::uint64_t>(trend.seconds) / 60) << " minutes seen\n";
    }
}

std::string video_time(std::int64_t second) {
    const std::string rest = std::to_string(second % 60);
    return std::to_string(second / 60) + (rest.size() == 1 ? ":0" : ":") + rest;
}

/// The whole evening, minute by minute; within a minute nothing waits for anything but the log.
Result<> broadcast(const varve::Store& store, varve::testing::VirtualClock& clock, varve::Timestamp begin) {
    const Plan plan;
    Evening evening(begin, plan);
    Intake intake(store);
    unsigned uploads = 0;
    std::chrono::steady_clock::duration spent{};
    for (unsigned minute = 0; minute < evening_minutes; ++minute) {
        clock.set(begin + minutes(minute + 1));
        std::vector<std::vector<Watched>> collected;
        for (unsigned edge = 0; edge < plan.edges; ++edge) collected.push_back(evening.upload(minute, edge));
        const auto start = std::chrono::steady_clock::now();
        for (unsigned edge = 0; edge < plan.edges; ++edge) {
            const std::string name = "edge" + std::to_string(edge) + "-minute" + std::to_string(minute);
            const unsigned times = ++uploads % unsure == 0 ? 2 : 1;
            for (unsigned time = 0; time < times; ++time) {
                if (auto taken = intake.take(name, collected[edge]); !taken) return taken;
            }
        }
        if (auto minute_done = intake.finish(); !minute_done) return minute_done.error();
        spent += std::chrono::steady_clock::now() - start;
    }
    const auto tally = intake.finish();
    if (!tally) return tally.error();
    std::cout << grouped(tally->views) << " views in " << tally->uploads
              << " uploads, each durable when acknowledged: " << examples::per_second(tally->views, spent)
              << " a second\n"
              << tally->repeated << " uploads came twice, and count once\n";
    return {};
}

Result<> look_back(const varve::App& app, varve::Timestamp begin) {
    const auto then = begin + minutes(24);
    const auto shown = app.replay<Trending>(varve::as_of(then));
    if (!shown) return shown.error();
    show("trending at 20:24, as it was shown at 20:24", shown->ask(TrendingAt{then}).value());
    const auto known = app.ask(TrendingAt{then}, varve::after(app.store().head() - 1));
    if (!known) return known.error();
    show("trending at 20:24, as it was: with what the viewers in the tunnel saw", *known);

    const auto now = app.load<Viewer>("v17"), earlier = app.load<Viewer>("v17", varve::as_of(begin + minutes(10)));
    if (!now) return now.error();
    if (!earlier) return earlier.error();
    std::cout << "v17 goes on\n";
    for (const auto& [video, place] : (*now)->places) {
        const auto before = (*earlier)->places.find(video);
        std::cout << "  " << std::left << std::setw(8) << video << "at " << video_time(place.second)
                  << (before == (*earlier)->places.end() ? ""
                                                         : "; at 20:10 it was " + video_time(before->second.second))
                  << std::right << '\n';
    }
    return {};
}

Result<> play(const std::string& folder) {
    const auto begin = varve::parse_timestamp("2026-06-14 20:00").value();
    const auto clock = std::make_shared<varve::testing::VirtualClock>(begin);
    auto store = varve::open(folder, {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App app{*store, {.clock = clock}};
    app.project<Trending>();
    if (auto done = broadcast(*store, *clock, begin); !done) return done;
    if (auto looked = look_back(app, begin); !looked) return looked;

    const auto start = std::chrono::steady_clock::now();
    const auto attention = app.replay<Attentions>();
    if (!attention) return attention.error();
    const auto spent = std::chrono::steady_clock::now() - start;
    std::cout << "how long those stay who begin, a new question to all old views ("
              << examples::per_second(attention->position().value, spent) << " a second)\n";
    for (const Attention& each : attention->ask(AttentionOfAll{}).value()) {
        std::cout << "  " << std::left << std::setw(8) << each.video << std::right << std::setw(4) << each.viewers
                  << " viewers, " << video_time(each.seconds / each.viewers) << " each\n";
    }
    return app.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/streaming";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "streaming: " << played.error().message << '\n';
    return 1;
}
