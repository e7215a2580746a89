#include "shared/page.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace examples {
namespace {

constexpr std::size_t width = 100;
constexpr std::size_t label_width = 18;
constexpr std::size_t bar_width = 40;
constexpr std::string_view indent = "   ";

std::string repeated(std::string_view piece, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += piece;
    return all;
}

std::string padded(std::string_view text, std::size_t to) {
    return std::string(text) + std::string(to - std::min(to, text.size()), ' ');
}

}  // namespace

Page::Page() : terminal_(isatty(STDOUT_FILENO) == 1), colours_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

void Page::title(std::string_view name, std::string_view what) {
    std::cout << '\n' << strong(name) << "  " << faint(what) << '\n' << faint(repeated("─", width)) << '\n';
}

void Page::section(std::string_view name) {
    ++section_;
    std::cout << '\n' << strong(padded(std::to_string(section_), indent.size()) + std::string(name)) << '\n';
}

void Page::fact(std::string_view label, std::string_view text) {
    if (label.size() >= label_width) {
        std::cout << indent << faint(label) << '\n';
        label = {};
    }
    std::cout << indent << faint(padded(label, label_width)) << text << '\n' << std::flush;
}

void Page::text(std::string_view sentence) {
    std::size_t column = 0;
    while (!sentence.empty()) {
        const std::size_t end = std::min(sentence.find(' '), sentence.size());
        const std::string_view word = sentence.substr(0, end);
        if (column > 0 && column + 1 + word.size() > width - indent.size()) {
            std::cout << '\n';
            column = 0;
        }
        std::cout << (column == 0 ? indent : " ") << word;
        column += word.size() + (column == 0 ? 0 : 1);
        sentence.remove_prefix(std::min(end + 1, sentence.size()));
    }
    std::cout << '\n' << std::flush;
}

void Page::line(std::string_view text) {
    std::cout << indent << text << '\n' << std::flush;
}

void Page::proof(bool holds, std::string_view text) {
    std::cout << indent << (holds ? styled("32", "✓") : styled("31;1", "✗")) << ' ' << text << '\n' << std::flush;
}

void Page::progress(std::uint64_t done, std::uint64_t total) {
    if (!terminal_ || total == 0) return;
    if (done >= total) {
        std::cout << "\r\x1b[K" << std::flush;
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_ < std::chrono::milliseconds(50)) return;
    drawn_ = now;
    const std::size_t full = done * bar_width / total;
    std::cout << '\r' << indent << repeated("━", full) << faint(repeated("━", bar_width - full)) << "  "
              << grouped(done) << " of " << grouped(total) << "\x1b[K" << std::flush;
}

std::string Page::strong(std::string_view text) const {
    return styled("1", text);
}

std::string Page::faint(std::string_view text) const {
    return styled("2", text);
}

std::string Page::styled(std::string_view code, std::string_view text) const {
    if (!colours_) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    return grouped(number) + " " + std::string(number == 1 ? one : many);
}

std::string seconds(std::chrono::steady_clock::duration time) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f s", std::chrono::duration<double>(time).count());
    return text.data();
}

std::string per_second(std::uint64_t number, std::chrono::steady_clock::duration time) {
    const double passed = std::max(std::chrono::duration<double>(time).count(), 1e-3);
    return grouped(static_cast<std::uint64_t>(static_cast<double>(number) / passed));
}

}  // namespace examples
