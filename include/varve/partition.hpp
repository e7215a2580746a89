/// Rows shared out over several threads, by key.
///
///     struct Timelines {                                       // a post goes to the timelines of many followers
///         static std::string partition(const Followed& e) { return e.follower; }
///         void on(const Posted& e, const varve::Partition& mine) {
///             for (const std::string& reader : e.readers)
///                 if (mine.has(reader)) timelines.put({reader + "/" + e.post, e.post});
///         }
///         static std::string partition(const TimelineOf& q) { return q.reader; }
///         ...
///     social.project<Timelines>({.file = varve::sqlite("timelines.db"), .partitions = 4});
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "varve/events.hpp"
#include "varve/export.hpp"

namespace varve {

/// One of the partitions of a projection: which keys are its own. Each key is that of exactly one of them, for as long as
/// their number stays the same. A projection that is not partitioned is one partition, which has all keys.
class VARVE_API Partition {
public:
    Partition() = default;
    /// index < of.
    Partition(unsigned index, unsigned of) : index_(index), of_(of) {}

    /// Is the key one of its own? A number is the same key as its digits.
    [[nodiscard]] bool has(std::string_view key) const { return of_ == 1 || place_of(key, of_) == index_; }
    [[nodiscard]] bool has(std::integral auto key) const { return of_ == 1 || has(std::to_string(key)); }

    [[nodiscard]] unsigned index() const { return index_; }
    [[nodiscard]] unsigned of() const { return of_; }

    /// The index of the partition that has this key, of so many.
    [[nodiscard]] static unsigned place_of(std::string_view key, unsigned of);

private:
    unsigned index_ = 0;
    unsigned of_ = 1;
};

}  // namespace varve
