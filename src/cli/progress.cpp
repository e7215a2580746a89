#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/text.hpp"

namespace varve::cli {
namespace {

constexpr std::chrono::milliseconds bar_period{100};
constexpr std::chrono::seconds line_period{5};

}  // namespace

std::string progress_line(const Stage& stage, std::chrono::milliseconds elapsed, std::size_t bar) {
    const double seconds = std::max(static_cast<double>(elapsed.count()) / 1000, 0.001);
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(stage.amount) / seconds);
    const std::string counts = stage.unit == Unit::bytes
                                   ? fmt::format("{}  {}/s", bytes_text(stage.amount), bytes_text(rate))
                                   : fmt::format("{}  {}/s", counted(stage.amount, "event"), with_commas(rate));
    if (!stage.total || *stage.total == 0) {
        return counts + "  " + duration_text(std::chrono::duration_cast<std::chrono::seconds>(elapsed));
    }
    const double share = std::min(static_cast<double>(stage.done) / static_cast<double>(*stage.total), 1.0);
    std::string line = fmt::format("{:3}%", static_cast<int>(share * 100));
    if (bar > 0) {
        const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar));
        line += " [" + std::string(filled, '#') + std::string(bar - filled, ' ') + "]";
    }
    line += " " + counts;
    if (share > 0 && share < 1) {
        const std::chrono::seconds left(std::llround(seconds / share - seconds));
        line += "  " + duration_text(left) + " left";
    }
    return line;
}

Progress::Style Progress::style_for(const Screen& screen) {
    return screen.err_is_terminal ? Style::bar : Style::lines;
}

Progress::Progress(Screen& screen, Style style) : screen_(screen), style_(style) {}

Progress::~Progress() {
    if (!on_screen_) return;
    screen_.err << "\r\x1b[K";
    // Nothing more can be said when standard error itself fails.
    static_cast<void>(screen_.err.flush());
}

void Progress::show(const Stage& stage) {
    if (style_ == Style::none) return;
    const auto now = Clock::now();
    const bool as_bar = style_ == Style::bar;
    if (now - drawn_ < (as_bar ? std::chrono::milliseconds(bar_period) : std::chrono::milliseconds(line_period)))
        return;
    drawn_ = now;
    const std::size_t room = screen_.err_width > 80 ? 30 : screen_.err_width > 60 ? 15 : 0;
    const std::string line = progress_line(stage, elapsed(), as_bar ? room : 0);
    if (as_bar) {
        screen_.err << "\r" << shortened(line, screen_.err_width - 1) << "\x1b[K";
        on_screen_ = true;
    } else {
        screen_.err << line << "\n";
    }
    static_cast<void>(screen_.err.flush());
}

std::chrono::milliseconds Progress::elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
}

}  // namespace varve::cli
