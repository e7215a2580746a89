/// Lines of a file or of standard input, with bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "varve/result.hpp"

namespace varve::cli {

/// Is there nothing on the line but spaces and tabs?
[[nodiscard]] bool blank(std::string_view line);

/// Reads line by line. Used by one thread. The view of a line is valid until the next call.
class LineReader {
public:
    /// Called before a read that may wait; false stops the reading as if the input had ended (`stopped()`).
    using MayRead = std::function<bool(int descriptor)>;

    /// Longer lines are refused: more than twice the largest event, written in the most wasteful way that is sane.
    static constexpr std::size_t line_bytes_max = 64 << 20;

    /// `path`: a file, or `-` for standard input. `not_found`, `permission_denied`, `failed_precondition` (a folder).
    [[nodiscard]] static Result<LineReader> open(const std::string& path, MayRead may_read = {});

    LineReader(LineReader&& other) noexcept;
    LineReader& operator=(LineReader&&) = delete;
    ~LineReader();

    /// The next line without its `\n` (or `\r\n`), the first one without a byte order mark (UTF-8); nothing at the end. Errors say `name:line:`.
    Result<std::optional<std::string_view>> next();

    [[nodiscard]] const std::string& name() const { return name_; }  ///< the path; `standard input` for `-`
    [[nodiscard]] std::uint64_t line() const { return line_; }       ///< number of the last line given, from 1
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }     ///< of all lines given so far
    [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }  ///< of the file; nothing for a pipe
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// `name:line`, for messages about the last line given.
    [[nodiscard]] std::string place() const { return name_ + ":" + std::to_string(line_); }

private:
    LineReader(int descriptor, std::string name, std::optional<std::uint64_t> size, MayRead may_read);
    Result<bool> fill();

    int descriptor_;
    std::string name_;
    std::optional<std::uint64_t> size_;
    MayRead may_read_;
    std::string buffer_;
    std::size_t begin_ = 0;  ///< first byte of buffer_ not yet given
    bool ended_ = false;
    bool stopped_ = false;
    std::uint64_t line_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace varve::cli
