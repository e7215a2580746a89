/// A child process with pipes on its three standard streams.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace command {

/// How long anything may take before a test fails: far beyond what a slow machine needs.
inline constexpr std::chrono::seconds patience{60};

class Process {
public:
    /// Starts `words[0]`. `before` runs in the child, just before it becomes the program.
    explicit Process(const std::vector<std::string>& words, const std::function<void()>& before = {});
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills it when it still runs.
    ~Process();

    [[nodiscard]] pid_t id() const { return id_; }
    /// Writes to its standard input, all of it.
    void write(const std::string& text);
    void close_input();
    void close_output();
    /// The next line of its standard output; nothing at its end or when patience is over.
    std::optional<std::string> line();
    void signal(int number);
    /// Closes its input, collects all it writes, waits for its end. 128 + n when signal n ended it, -1 when patience
    /// did.
    int wait();

    [[nodiscard]] const std::string& out() const { return out_; }
    [[nodiscard]] const std::string& err() const { return err_; }

private:
    /// Takes what there is from both pipes, waiting for it; false at the end of both or when patience is over.
    bool collect();

    pid_t id_ = -1;
    int input_ = -1;
    int output_ = -1;
    int error_ = -1;
    std::string out_;
    std::string err_;
    std::size_t given_ = 0;  ///< bytes of out_ that line() has answered
};

}  // namespace command
