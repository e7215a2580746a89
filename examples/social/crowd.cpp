#include "social/crowd.hpp"

#include <random>

#include "social/timelines.hpp"

namespace social {

void wire(varve::App& app) {
    app.handle<Follow, Person>(&Follow::follower, decide);
    app.handle<Unfollow, Person>(&Unfollow::follower, decide);
    app.handle<Write, Post>(&Write::post, decide);
    app.handle<Share, Post>(&Share::post, decide);
    app.handle<Remove, Post>(&Remove::post, decide);
    app.project<Timelines>({.partitions = threads});
}

varve::Result<std::vector<std::string>> crowd(varve::App& app, const Plan& plan) {
    std::mt19937 random(11);
    std::vector<std::string> names;
    for (unsigned each = 0; each < plan.people; ++each) names.push_back("p" + std::to_string(each));
    const auto anybody = [&] { return names[random() % names.size()]; };

    for (const std::string& name : names) {
        for (unsigned each = 0; each < plan.follows_each; ++each) {
            const std::string other = anybody();
            if (other == name) continue;
            if (auto followed = app.send(Follow{name, other}); !followed) return followed.error();
        }
    }
    for (unsigned each = 0; each < plan.posts; ++each) {
        const std::string author = anybody(), post = "m" + std::to_string(each);
        if (auto written = app.send(Write{post, author, "number " + std::to_string(each)}); !written)
            return written.error();
        const std::string other = anybody();
        if (random() % plan.share_one_in != 0 || other == author) continue;
        if (auto shared = app.send(Share{post, other}); !shared) return shared.error();
    }
    return names;
}

}  // namespace social
