/// Events for people.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/screen.hpp"
#include "varve/event.hpp"

namespace varve::cli {

/// How `read` and `tail` show events.
enum class EventStyle {
    line,  ///< `position  time  stream@revision  type  data`, data shortened to the terminal
    full,  ///< everything, one field a line
    json   ///< one JSON object a line
};

/// Writes events to standard output. Lines are aligned: some are held back to find their widths, so flush() when
/// there is nothing more for now. Used by one thread.
class EventPrinter {
public:
    EventPrinter(Screen& screen, EventStyle style);

    void print(const Event& event);
    /// Hands everything on to standard output and beyond.
    Result<> flush();

private:
    static constexpr std::size_t aligned = 3;  ///< position, stream@revision, type; then comes data

    struct Row {
        std::string position, time, place, type, data;
    };

    void print_full(const Event& event);
    void print_rows();
    void print_row(const Row& row);

    Screen& screen_;
    EventStyle style_;
    std::vector<Row> rows_;
    std::array<std::size_t, aligned> widths_{};
    std::string scratch_;
};

/// `data` (or metadata) on one harmless line; `<12 bytes of image/png>` where it is no text.
[[nodiscard]] std::string data_text(std::string_view data, std::string_view content_type);

}  // namespace varve::cli
