/// Standard output and standard error as a program wants them: buffered, and honest about what became of the bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "varve/result.hpp"

namespace varve::cli {

/// Bytes on their way to an open file descriptor (not owned). Used by one thread.
/// A reader that went away (`varve read ... | head`) is no error: `closed()` turns true and what is written
/// afterwards is dropped, so that a command can stop early and succeed. Requires SIGPIPE to be ignored.
class Output {
public:
    explicit Output(int descriptor, std::string name);
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// Adds bytes; hands them on when the buffer is full.
    void write(std::string_view bytes);
    Output& operator<<(std::string_view bytes) {
        write(bytes);
        return *this;
    }

    /// Hands on everything written so far. The first error stays: `resource_exhausted` (disk full) or `unavailable`.
    Result<> flush();
    /// Nobody reads any more (or an error came up): further work is in vain.
    [[nodiscard]] bool closed() const { return closed_; }
    /// As closed(), but also asks the operating system, for commands that may write nothing for a long time.
    [[nodiscard]] bool reader_gone();

private:
    void hand_on();

    int descriptor_;
    std::string name_;
    std::string buffer_;
    bool closed_ = false;
    Result<> outcome_;
};

}  // namespace varve::cli
