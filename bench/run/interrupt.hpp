/// Ctrl-C and SIGTERM end the program in an orderly way: loops look here, unwind, and the data is removed.
#pragma once

namespace varve::bench {

void catch_interrupts();
/// True once an interrupt came. Any thread.
[[nodiscard]] bool interrupted();

}  // namespace varve::bench
