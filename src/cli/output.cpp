#include "cli/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace varve::cli {
namespace {

constexpr std::size_t buffer_bytes = 256 << 10;

}  // namespace

Output::Output(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

void Output::write(std::string_view bytes) {
    if (closed_) return;
    buffer_ += bytes;
    if (buffer_.size() >= buffer_bytes) hand_on();
}

Result<> Output::flush() {
    hand_on();
    return outcome_;
}

bool Output::reader_gone() {
    pollfd watch{.fd = descriptor_, .events = 0, .revents = 0};
    if (!closed_ && ::poll(&watch, 1, 0) > 0 && (watch.revents & POLLERR) != 0) closed_ = true;
    return closed_;
}

void Output::hand_on() {
    std::string_view rest = buffer_;
    while (!rest.empty() && !closed_) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            closed_ = true;
        } else if (errno != EINTR) {
            const Code code =
                errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? Code::resource_exhausted : Code::unavailable;
            const bool full = code == Code::resource_exhausted;
            outcome_ = Error{code, "cannot write to " + name_ + ": " + std::strerror(errno) +
                                       "; what came out is incomplete" + (full ? ": make room, then repeat" : "")};
            closed_ = true;
        }
    }
    buffer_.clear();
}

}  // namespace varve::cli
