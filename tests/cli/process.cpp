#include "cli/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

namespace command {
namespace {

constexpr int patience_ms = std::chrono::milliseconds(patience).count();

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    return {ends[0], ends[1]};
}

void close_once(int& descriptor) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

void read_some(int& descriptor, std::string& into) {
    std::array<char, 1 << 16> bytes{};
    const ssize_t got = ::read(descriptor, bytes.data(), bytes.size());
    if (got > 0) {
        into.append(bytes.data(), static_cast<std::size_t>(got));
    } else {
        close_once(descriptor);
    }
}

}  // namespace

Process::Process(const std::vector<std::string>& words, const std::function<void()>& before) {
    // A child that ends early must not take the tests with it.
    ::signal(SIGPIPE, SIG_IGN);
    Pipe in = make_pipe();
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    id_ = ::fork();
    if (id_ == 0) {
        ::signal(SIGPIPE, SIG_DFL);
        ::dup2(in.read_end, 0);
        ::dup2(out.write_end, 1);
        ::dup2(err.write_end, 2);
        if (before) before();
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    close_once(in.read_end);
    close_once(out.write_end);
    close_once(err.write_end);
    input_ = in.write_end;
    output_ = out.read_end;
    error_ = err.read_end;
}

Process::~Process() {
    if (id_ > 0) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
    close_once(input_);
    close_once(output_);
    close_once(error_);
}

void Process::write(const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t now = ::write(input_, text.data() + written, text.size() - written);
        if (now <= 0) return;
        written += static_cast<std::size_t>(now);
    }
}

void Process::close_input() {
    close_once(input_);
}
void Process::close_output() {
    close_once(output_);
}

std::optional<std::string> Process::line() {
    while (true) {
        const std::size_t end = out_.find('\n', given_);
        if (end != std::string::npos) {
            std::string text = out_.substr(given_, end - given_);
            given_ = end + 1;
            return text;
        }
        if (output_ < 0 || !collect()) return {};
    }
}

void Process::signal(int number) {
    ::kill(id_, number);
}

int Process::wait() {
    close_input();
    while (collect()) continue;
    if (output_ >= 0 || error_ >= 0) return -1;
    pollfd end{static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)), POLLIN, 0};
    const bool ended = ::poll(&end, 1, patience_ms) > 0;
    close_once(end.fd);
    if (!ended) return -1;
    int status = 0;
    ::waitpid(std::exchange(id_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Process::collect() {
    std::array<pollfd, 2> watched = {pollfd{output_, POLLIN, 0}, pollfd{error_, POLLIN, 0}};
    if (output_ < 0 && error_ < 0) return false;
    if (::poll(watched.data(), watched.size(), patience_ms) <= 0) return false;
    if (watched[0].revents != 0) read_some(output_, out_);
    if (watched[1].revents != 0) read_some(error_, err_);
    return true;
}

}  // namespace command
