#include "social/network.hpp"

#include <algorithm>

namespace social {

using varve::accept;
using varve::Decision;
using varve::reject;

namespace {

/// Names stand in keys of rows, with a slash between them.
bool is_name(const std::string& name) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, fits);
}

}  // namespace

Decision decide(const Follow& c, const Person& person) {
    if (!is_name(c.follower) || !is_name(c.followed)) return reject("name.invalid");
    if (c.follower == c.followed) return reject("person.itself");
    if (person.follows.contains(c.followed)) return accept();
    return accept(Followed{c.follower, c.followed});
}

Decision decide(const Unfollow& c, const Person& person) {
    if (!person.follows.contains(c.followed)) return accept();
    return accept(Unfollowed{c.follower, c.followed});
}

Decision decide(const Write& c, const Post& post) {
    if (!is_name(c.post) || !is_name(c.author)) return reject("name.invalid");
    if (!post.author.empty()) return reject("post.exists");
    if (c.text.empty() || c.text.size() > longest_text) return reject("post.length");
    return accept(Posted{c.post, c.author, c.text});
}

Decision decide(const Share& c, const Post& post) {
    if (!is_name(c.by)) return reject("name.invalid");
    if (post.author.empty() || post.removed) return reject("post.unknown");
    if (post.author == c.by) return reject("post.own");
    if (post.shared_by.contains(c.by)) return accept();
    return accept(Shared{c.post, post.author, c.by, post.text});
}

Decision decide(const Remove& c, const Post& post) {
    if (post.author.empty() || post.removed) return reject("post.unknown");
    if (post.author != c.by) return reject("post.not_yours");
    return accept(Removed{c.post});
}

}  // namespace social
