/// A second process of the same program, for showing what `kill -9` does: it reports through a pipe what was
/// acknowledged, until it is killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "varve/result.hpp"

namespace examples {

/// The parent's side. Destroying it kills a child that still runs.
class Child {
public:
    /// Starts this program again with `arguments` and ` --acks FD` behind them.
    static varve::Result<Child> start(std::vector<std::string> arguments);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();

    /// The next number that the child reported; nothing: it ended (or was killed) and all was read.
    std::optional<std::uint64_t> next();
    /// SIGKILL: no destructor runs, no buffer is written. What it reported before can still be read.
    void kill() const;
    /// Waits for its end; true when it ended by itself, with exit code 0.
    bool wait();

private:
    Child(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}

    pid_t pid_;
    int pipe_;
};

/// The child's side: reports one number, at once. Any thread.
void report(int pipe, std::uint64_t number);

}  // namespace examples
