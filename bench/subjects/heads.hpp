/// The next revision of every stream of a fresh store, kept in memory for the peers, which have no such thing.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace varve::bench {

/// Safe from any thread: a lock for each of 64 parts, so that writers hardly meet.
class Heads {
public:
    /// The revision of the stream's next event: 0, 1, 2 ...
    std::uint64_t next(std::string_view stream) {
        const std::size_t hash = std::hash<std::string_view>{}(stream);
        Part& part = parts_[hash % parts_.size()];
        const std::scoped_lock lock(part.mutex);
        const auto found = part.next.find(stream);
        if (found != part.next.end()) return found->second++;
        part.next.emplace(stream, 1);
        return 0;
    }

private:
    struct Hashed {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Part {
        std::mutex mutex;
        std::unordered_map<std::string, std::uint64_t, Hashed, std::equal_to<>> next;
    };
    std::array<Part, 64> parts_;
};

}  // namespace varve::bench
