#include "run/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace varve::bench {
namespace {

volatile std::sig_atomic_t flag = 0;

extern "C" void note_interrupt(int) {
    flag = 1;
}

}  // namespace

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = note_interrupt;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

bool interrupted() {
    return flag != 0;
}

}  // namespace varve::bench
