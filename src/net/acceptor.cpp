#include "net/acceptor.hpp"

#include <fcntl.h>

#include <memory>
#include <utility>

namespace varve::net {
namespace {

/// So many are taken before others have their turn.
constexpr int accepted_at_once = 64;

Descriptor spare() {
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Acceptor::Acceptor(Descriptor listener, std::size_t connections_max, Tally& tally, std::vector<Worker*> workers)
    : listener_(std::move(listener)),
      spare_(spare()),
      connections_max_(connections_max),
      tally_(tally),
      workers_(std::move(workers)) {}

Result<> Acceptor::start() {
    return workers_.front()->loop().watch(listener_.get(), false,
                                          [this](bool /*readable*/, bool /*writable*/) { accept(); });
}

void Acceptor::stop() {
    if (!listener_.open()) return;
    workers_.front()->loop().unwatch(listener_.get());
    listener_.close();
}

void Acceptor::accept() {
    for (int i = 0; i < accepted_at_once && listener_.open(); ++i) {
        Accepted accepted = accept_from(listener_.get());
        if (accepted.what == Accepted::What::none) return;
        if (accepted.what == Accepted::What::no_descriptor_left) return refuse_one();
        if (tally_.connections >= connections_max_) {
            ++tally_.connections_refused;
        } else {
            hand_over(std::move(accepted));
        }
    }
}

void Acceptor::refuse_one() {
    spare_.close();
    if (accept_from(listener_.get()).socket.open()) ++tally_.connections_refused;
    spare_ = spare();
}

void Acceptor::hand_over(Accepted accepted) {
    ++tally_.connections;
    ++tally_.connections_all;
    Worker& worker = *workers_[next_++ % workers_.size()];
    if (worker.loop().mine()) return worker.adopt(std::move(accepted.socket), std::move(accepted.peer));
    // A task can be copied, a descriptor cannot.
    auto socket = std::make_shared<Descriptor>(std::move(accepted.socket));
    worker.loop().post([&worker, socket, peer = std::move(accepted.peer)] { worker.adopt(std::move(*socket), peer); });
}

}  // namespace varve::net
