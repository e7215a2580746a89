// Unique names and courses with a number of places, by queries over tags: docs/boundaries.md walks through it.
#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

#include "courses/courses.hpp"

namespace {

using courses::Enroll;
using courses::Join;
using courses::Leave;
using courses::Open;

void say(const std::string& what, const varve::Result<varve::Receipt>& outcome) {
    std::cout << what << ": "
              << (outcome ? "position " + std::to_string(outcome->first.value) : "no, " + outcome.error().reason)
              << '\n';
}

/// Twenty students want one of five places at the same moment, four threads each trying for five of them.
void rush(varve::App& school) {
    std::atomic<int> joined = 0;
    std::atomic<int> refused = 0;
    std::atomic<int> failed = 0;
    std::vector<std::thread> clerks;
    for (int clerk = 0; clerk < 4; ++clerk) {
        clerks.emplace_back([&, clerk] {
            for (int n = 0; n < 5; ++n) {
                const Join join{"music", "s" + std::to_string(clerk * 5 + n)};
                auto outcome = school.send(join);
                // Others came first again and again: that is no answer yet.
                while (!outcome && outcome.error().code == varve::Code::aborted) outcome = school.send(join);
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
    varve::App school = courses::school(*store);

    say("1 enrolls as ada", school.send(Enroll{1, "ada"}));
    say("2 enrolls as ada", school.send(Enroll{2, "ada"}));
    say("2 enrolls as bob", school.send(Enroll{2, "bob"}));

    say("algebra opens with 1 place", school.send(Open{"algebra", 1}));
    say("ada joins algebra", school.send(Join{"algebra", "ada"}));
    say("bob joins algebra", school.send(Join{"algebra", "bob"}));
    say("ada leaves algebra", school.send(Leave{"algebra", "ada"}));
    say("bob joins algebra", school.send(Join{"algebra", "bob"}));
    say("bob joins history", school.send(Join{"history", "bob"}));

    say("music opens with 5 places", school.send(Open{"music", 5}));
    rush(school);

    say("botany opens with 9 places", school.send(Open{"botany", 9}));
    say("bob joins botany", school.send(Join{"botany", "bob"}));
    say("chess opens with 9 places", school.send(Open{"chess", 9}));
    say("bob joins chess", school.send(Join{"chess", "bob"}));

    const auto music = school.load<courses::Course>("music");
    if (!music) return 1;
    std::cout << "music has " << music->state.free << " free places\n";
    return 0;
}
