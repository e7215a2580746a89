/// People who follow each other, and what they write.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "varve/varve.hpp"

namespace social {

// What has happened to a person.
struct Followed {
    std::string follower, followed;
};
struct Unfollowed {
    std::string follower, followed;
};

// What has happened to a post.
struct Posted {
    std::string post, author, text;
};
/// Somebody has passed it on to those who follow them. The text comes along, so that nobody has to look it up.
struct Shared {
    std::string post, author, by, text;
};
struct Removed {
    std::string post;
};

struct Person {
    using Events = varve::Events<Followed, Unfollowed>;
    std::set<std::string> follows;

    void evolve(const Followed& e) { follows.insert(e.followed); }
    void evolve(const Unfollowed& e) { follows.erase(e.followed); }
};

struct Post {
    using Events = varve::Events<Posted, Shared, Removed>;
    std::string author, text;
    std::set<std::string> shared_by;
    bool removed = false;

    void evolve(const Posted& e) {
        author = e.author;
        text = e.text;
    }
    void evolve(const Shared& e) { shared_by.insert(e.by); }
    void evolve(const Removed&) { removed = true; }
};

// What somebody wants.
struct Follow {
    std::string follower, followed;
};
struct Unfollow {
    std::string follower, followed;
};
struct Write {
    std::string post, author, text;
};
struct Share {
    std::string post, by;
};
struct Remove {
    std::string post, by;
};

inline constexpr std::size_t longest_text = 500, longest_name = 50;

/// `name.invalid` (not 1 to 50 letters and digits), `person.itself`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Follow& c, const Person& person);
/// Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Unfollow& c, const Person& person);
/// `name.invalid`, `post.exists`, `post.length`.
[[nodiscard]] varve::Decision decide(const Write& c, const Post& post);
/// `name.invalid`, `post.unknown`, `post.own`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Share& c, const Post& post);
/// `post.unknown`, `post.not_yours`.
[[nodiscard]] varve::Decision decide(const Remove& c, const Post& post);

}  // namespace social
