#include "shared/child.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace examples {

varve::Result<Child> Child::start(std::vector<std::string> arguments) {
    const auto failed = [](const char* what) {
        return varve::Error{varve::Code::unavailable,
                            std::string(what) + ": " + std::generic_category().message(errno)};
    };
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return failed("no pipe to a child process");
    arguments.insert(arguments.begin(), "/proc/self/exe");
    arguments.insert(arguments.end(), {"--acks", std::to_string(ends[1])});
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);

    const pid_t pid = ::fork();
    if (pid < 0) return failed("no child process");
    if (pid == 0) {  // between fork and exec: only what is safe in a program with threads
        fcntl(ends[1], F_SETFD, 0);
        execv("/proc/self/exe", pointers.data());
        _exit(127);
    }
    close(ends[1]);
    return Child(pid, ends[0]);
}

Child::Child(Child&& other) noexcept : pid_(other.pid_), pipe_(other.pipe_) {
    other.pid_ = -1;
    other.pipe_ = -1;
}

Child::~Child() {
    if (pid_ > 0) {
        kill();
        wait();
    }
    if (pipe_ >= 0) close(pipe_);
}

std::optional<std::uint64_t> Child::next() {
    std::uint64_t number = 0;  // 8 bytes are written at once, and so they arrive
    ssize_t count = 0;
    do {
        count = read(pipe_, &number, sizeof number);
    } while (count < 0 && errno == EINTR);
    return count == sizeof number ? std::optional(number) : std::nullopt;
}

void Child::kill() const {
    ::kill(pid_, SIGKILL);
}

bool Child::wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void report(int pipe, std::uint64_t number) {
    while (write(pipe, &number, sizeof number) < 0 && errno == EINTR) {
    }
}

}  // namespace examples
