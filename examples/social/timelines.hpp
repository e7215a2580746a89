/// Everybody's timeline, written out: a post becomes a row for each follower, so that reading one is a walk over rows that
/// lie side by side. Over several threads, each of which has its own readers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "social/network.hpp"

namespace social {

/// Who follows whom, found by who is followed.
struct Edge {
    std::string key;  ///< `bob/ann`: ann follows bob
    std::string follower;
    varve::Timestamp since = {};
};
/// One line of a timeline.
struct Entry {
    std::string key;                ///< of the reader and the place in the log, so that the newest stands last
    std::string post, author, via;  ///< via: whom the reader follows, the author or who has shared it
    std::string text;
    varve::Timestamp at = {};
};
/// Where a post stands, for the day when it is removed.
struct Copy {
    std::string key;  ///< of the post and the entry
    std::string entry;
};

/// The newest entries, the newest first.
struct FeedOf {
    std::string reader;
    std::size_t most = 10;
    using Answer = std::vector<Entry>;
};
/// Why does this post stand in that timeline?
struct WhyIsIn {
    std::string post, reader;
    struct Reason {
        std::string via;
        std::optional<varve::Timestamp> followed_since = {};  ///< nothing: the reader has written it
        varve::Timestamp came_at = {};
    };
    using Answer = std::vector<Reason>;
};
/// In all timelines together.
struct HowManyEntries {
    using Answer = std::uint64_t;
};

struct Timelines {
    using Events = varve::Events<Followed, Unfollowed, Posted, Shared, Removed>;
    using Queries = varve::Queries<FeedOf, WhyIsIn, HowManyEntries>;
    varve::Table<Edge> followers;
    varve::Table<Entry> entries;
    varve::Table<Copy> copies;

    /// What concerns one reader goes to the thread that has this reader.
    static std::string partition(const Followed& e) { return e.follower; }
    static std::string partition(const Unfollowed& e) { return e.follower; }
    static std::string partition(const FeedOf& q) { return q.reader; }
    static std::string partition(const WhyIsIn& q) { return q.reader; }

    void on(const Followed& e, const varve::Event& event);
    void on(const Unfollowed& e);
    /// What concerns many goes to all threads: each writes it into the timelines of its own readers.
    void on(const Posted& e, const varve::Event& event, const varve::Partition& mine);
    void on(const Shared& e, const varve::Event& event, const varve::Partition& mine);
    void on(const Removed& e, const varve::Partition& mine);

    [[nodiscard]] std::vector<Entry> answer(const FeedOf& q) const;
    [[nodiscard]] WhyIsIn::Answer answer(const WhyIsIn& q) const;
    [[nodiscard]] std::uint64_t answer(const HowManyEntries&) const { return entries.size(); }
    /// An answer that all threads have a part of.
    [[nodiscard]] static std::uint64_t merge(std::vector<std::uint64_t> parts);

private:
    void deliver(const std::string& reader, Entry entry, const varve::Event& event);
    void drop(const Entry& entry);
};

}  // namespace social
