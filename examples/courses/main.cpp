// Unique names and courses with a number of places, by queries over tags: docs/boundaries.md walks through it.
#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

#include "courses/courses.hpp"

namespace {

void say(const std::string& what, const varve::Result<varve::Receipt>& outcome) {
    std::cout << what << ": "
              << (outcome ? "position " + std::to_string(outcome->first.value) : "no, " + outcome.error().reason)
              << '\n';
}

/// Twenty students want one of five places at the same moment, four threads each trying for five of them.
void rush(courses::Courses& school) {
    std::atomic<int> joined = 0;
    std::atomic<int> refused = 0;
    std::atomic<int> failed = 0;
    std::vector<std::thread> clerks;
    for (int clerk = 0; clerk < 4; ++clerk) {
        clerks.emplace_back([&, clerk] {
            for (int n = 0; n < 5; ++n) {
                const auto outcome = school.join("music", "s" + std::to_string(clerk * 5 + n));
                ++(outcome ? joined : outcome.error().reason == "course.full" ? refused : failed);
            }
        });
    }
    for (std::thread& clerk : clerks) clerk.join();
    std::cout << "the rush on music: " << joined << " joined, " << refused << " refused, " << failed << " failed\n";
}

}  // namespace

int main(int argc, char** argv) {
    auto store = varve::open(argc > 1 ? argv[1] : "memory:");
    if (!store) {
        std::cerr << store.error().message << '\n';
        return 1;
    }
    courses::Courses school(*store);

    say("1 enrolls as ada", school.enroll(1, "ada"));
    say("2 enrolls as ada", school.enroll(2, "ada"));
    say("2 enrolls as bob", school.enroll(2, "bob"));

    say("algebra opens with 1 place", school.open("algebra", 1));
    say("ada joins algebra", school.join("algebra", "ada"));
    say("bob joins algebra", school.join("algebra", "bob"));
    say("ada leaves algebra", school.leave("algebra", "ada"));
    say("bob joins algebra", school.join("algebra", "bob"));
    say("bob joins history", school.join("history", "bob"));

    say("music opens with 5 places", school.open("music", 5));
    rush(school);

    say("botany opens with 9 places", school.open("botany", 9));
    say("bob joins botany", school.join("botany", "bob"));
    say("chess opens with 9 places", school.open("chess", 9));
    say("bob joins chess", school.join("chess", "bob"));

    int members = 0;
    auto cursor = school.store().read({.source = varve::Query{{{.types = {"Joined"}, .tags = {"course:music"}}}}});
    if (!cursor || !cursor->each([&](const varve::Event&) { ++members; })) return 1;
    std::cout << "music has " << members << " members\n";
    return 0;
}
