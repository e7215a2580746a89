/// Progress on standard error: a bar on a terminal, a plain line now and then elsewhere, or nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/screen.hpp"

namespace varve::cli {

/// What a person counts a piece of work in.
enum class Unit { events, bytes };

/// How far a piece of work has come.
struct Stage {
    std::uint64_t done = 0;                   ///< measured as suits the work: bytes read, positions passed
    std::optional<std::uint64_t> total = {};  ///< in the same measure; nothing: unknown
    std::uint64_t amount = 0;                 ///< done so far, in `unit`
    Unit unit = Unit::events;
};

/// One line of progress, e.g. ` 45% [#########           ] 1,234,567 events  310,000/s  12s left`.
/// `bar`: columns of the bar; 0 leaves it out. Without a total: amount, rate and time taken.
[[nodiscard]] std::string progress_line(const Stage& stage, std::chrono::milliseconds elapsed, std::size_t bar);

/// Shows stages of one piece of work. Cheap to call often: draws at most ten times a second (bar) or every five
/// seconds (lines). The bar is wiped when this object goes, so that what follows starts on a clean line.
class Progress {
public:
    enum class Style { bar, lines, none };
    /// A bar on a terminal, lines elsewhere.
    [[nodiscard]] static Style style_for(const Screen& screen);

    Progress(Screen& screen, Style style);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void show(const Stage& stage);
    /// Time since the work began.
    [[nodiscard]] std::chrono::milliseconds elapsed() const;

private:
    using Clock = std::chrono::steady_clock;

    Screen& screen_;
    Style style_;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point drawn_ = begin_;
    bool on_screen_ = false;
};

}  // namespace varve::cli
