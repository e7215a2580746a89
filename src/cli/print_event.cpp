#include "cli/print_event.hpp"

#include <algorithm>

#include "cli/text.hpp"
#include "text/event_json.hpp"

namespace varve::cli {
namespace {

constexpr std::size_t rows_held = 256;
/// Longer names push the rest of their own line aside, and only that.
constexpr std::array<std::size_t, 3> widest = {12, 40, 32};
constexpr std::size_t data_columns_min = 20;
/// Beyond this nothing is shown of data even where no terminal sets a width: a line is for reading.
constexpr std::size_t sample_bytes = 4096;

}  // namespace

std::string data_text(std::string_view data, std::string_view content_type) {
    if (text::is_json(content_type) || content_type.starts_with("text/")) return one_line(data);
    if (const auto json = text::data_as_json(data, content_type)) return one_line(*json);
    return "<" + counted(data.size(), "byte") + " of " + one_line(content_type) + ">";
}

EventPrinter::EventPrinter(Screen& screen, EventStyle style) : screen_(screen), style_(style) {}

void EventPrinter::print(const Event& event) {
    if (style_ == EventStyle::json) {
        scratch_.clear();
        text::append_event_json(scratch_, event);
        scratch_ += '\n';
        screen_.out << scratch_;
        return;
    }
    if (style_ == EventStyle::full) return print_full(event);
    // A terminal shows a few hundred columns at most: no need to carry megabytes through the table.
    const std::string_view shown = screen_.width > 0 ? event.data.substr(0, sample_bytes) : event.data;
    rows_.push_back({.position = std::to_string(event.position.value),
                     .time = to_string(event.created),
                     .place = one_line(event.stream) + "@" + std::to_string(event.revision.value),
                     .type = one_line(event.type),
                     .data = text::is_json(event.content_type) || event.content_type.starts_with("text/")
                                 ? one_line(shown)
                                 : data_text(event.data, event.content_type)});
    if (rows_.size() >= rows_held) print_rows();
}

Result<> EventPrinter::flush() {
    print_rows();
    return screen_.out.flush();
}

void EventPrinter::print_rows() {
    for (const Row& row : rows_) {
        const std::array<std::size_t, aligned> needed = {columns(row.position), columns(row.place), columns(row.type)};
        for (std::size_t i = 0; i < aligned; ++i) widths_[i] = std::min(std::max(widths_[i], needed[i]), widest[i]);
    }
    for (const Row& row : rows_) print_row(row);
    rows_.clear();
}

void EventPrinter::print_row(const Row& row) {
    const std::string place = padded(row.place, widths_[1]);
    const std::string type = padded(row.type, widths_[2]);
    const std::string position = right_aligned(row.position, widths_[0]);
    std::string data = row.data;
    if (screen_.width > 0) {
        const std::size_t used = columns(position) + row.time.size() + columns(place) + columns(type) + 8;
        data = shortened(data, std::max(screen_.width > used ? screen_.width - used : 0, data_columns_min));
    }
    screen_.out << paint(screen_, Colour::dim, position) << "  " << paint(screen_, Colour::dim, row.time) << "  "
                << paint(screen_, Colour::cyan, place) << "  " << paint(screen_, Colour::bold, type) << "  " << data
                << "\n";
}

void EventPrinter::print_full(const Event& event) {
    const auto field = [this](std::string_view name, std::string_view value) {
        screen_.out << paint(screen_, Colour::dim, padded(name, 10)) << value << "\n";
    };
    std::string tags;
    for (const std::string_view tag : event.tags) tags += (tags.empty() ? "" : ", ") + one_line(tag);
    field("position", std::to_string(event.position.value));
    field("stream", paint(screen_, Colour::cyan, one_line(event.stream) + "@" + std::to_string(event.revision.value)));
    field("type", paint(screen_, Colour::bold, one_line(event.type)));
    field("time", to_string(event.created));
    field("id", event.id.to_string());
    field("content", one_line(event.content_type));
    if (!tags.empty()) field("tags", tags);
    if (!event.metadata.empty()) field("metadata", one_line(event.metadata));
    field("data", data_text(event.data, event.content_type));
    screen_.out << "\n";
}

}  // namespace varve::cli
