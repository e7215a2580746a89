/// How the examples print: a title, numbered sections, facts in two columns. Colours and the moving progress bar only
/// on a terminal (and not when NO_COLOR is set).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace examples {

class Page {
public:
    /// Writes to standard output.
    Page();

    void title(std::string_view name, std::string_view what);
    /// `2  Questions`, after an empty line; counts by itself.
    void section(std::string_view name);
    /// A label and what belongs to it; an empty label continues the one before.
    void fact(std::string_view label, std::string_view text);
    /// A sentence over the whole width, broken between words.
    void text(std::string_view sentence);
    /// One line as it is, e.g. a command to copy.
    void line(std::string_view text);
    /// What was to be shown, and whether it holds.
    void proof(bool holds, std::string_view text);

    /// A bar that fills; drawn on a terminal only, at most 20 times a second. `done == total` takes it away again.
    void progress(std::uint64_t done, std::uint64_t total);

    [[nodiscard]] std::string strong(std::string_view text) const;
    [[nodiscard]] std::string faint(std::string_view text) const;

private:
    [[nodiscard]] std::string styled(std::string_view code, std::string_view text) const;

    bool terminal_;
    bool colours_;
    int section_ = 0;
    std::chrono::steady_clock::time_point drawn_ = {};
};

/// `12,345`.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// `1 line`, `12,345 lines`.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
/// `0.42 s`.
[[nodiscard]] std::string seconds(std::chrono::steady_clock::duration time);
/// So many a second, `12,345`; of a time too short to tell, the number itself.
[[nodiscard]] std::string per_second(std::uint64_t number, std::chrono::steady_clock::duration time);

}  // namespace examples
