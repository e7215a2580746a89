/// Which events of a rewritten segment are still there (docs/internals/format.md, "Footer", section 2): a bit for each,
/// and how many come before, so that the place of one is found without counting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace varve::log {

/// A view of the section. Whoever opens a file has not read all of it: what it says is checked when it is asked.
class KeptEvents {
public:
    KeptEvents() = default;
    /// `section` has as many bytes as `events` need, and stays.
    KeptEvents(const char* section, std::uint64_t events, std::uint64_t salt)
        : section_(section), events_(events), salt_(salt) {}

    /// Bytes of the section of a segment that once held so many events.
    [[nodiscard]] static std::uint64_t bytes_for(std::uint64_t events) { return (events + 63) / 64 * entry_bytes; }
    /// Writes it. `kept`: for each event, in order.
    [[nodiscard]] static std::string encode(const std::vector<bool>& kept, std::uint64_t salt);

    /// What is said of an event: its number among those that are there.
    struct Place {
        bool kept = false;
        std::uint64_t number = 0;  ///< of the first that is there at or behind it
    };
    /// Nothing when it seems to be gone because the section is damaged.
    [[nodiscard]] std::optional<Place> find(std::uint64_t event) const;
    /// How many in a row, from `event` on forward or backward, are not there; at most to the segment's end.
    [[nodiscard]] std::uint64_t removed_run(std::uint64_t event, bool forward) const;

private:
    // Part of the file format, never change.
    static constexpr std::uint64_t entry_bytes = 16;  // 64 bits, u32 events kept before them, CRC

    struct Word {
        std::uint64_t bits = 0;
        std::uint32_t before = 0;
    };
    [[nodiscard]] Word word(std::uint64_t number) const;
    [[nodiscard]] bool sound(std::uint64_t number) const;

    const char* section_ = nullptr;
    std::uint64_t events_ = 0;
    std::uint64_t salt_ = 0;
};

}  // namespace varve::log
