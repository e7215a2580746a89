#include "cli/signals.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace varve::cli {
namespace {

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

StopSignals::StopSignals() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    descriptor_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    // Without a descriptor to ask (a process at its limit of open files) the signals keep their usual effect.
    if (descriptor_ < 0) pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

StopSignals::~StopSignals() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool StopSignals::come() {
    signalfd_siginfo info{};
    if (!come_ && descriptor_ >= 0) come_ = ::read(descriptor_, &info, sizeof info) == sizeof info;
    return come_;
}

bool StopSignals::readable_first(int descriptor) {
    std::array<pollfd, 2> watched = {pollfd{.fd = descriptor, .events = POLLIN, .revents = 0},
                                     pollfd{.fd = descriptor_, .events = POLLIN, .revents = 0}};
    while (!come()) {
        if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return true;
        if (watched[0].revents != 0) return !come();
    }
    return false;
}

}  // namespace varve::cli
