/// The command line of the loaded process and of its watcher.
#pragma once

#include <string>
#include <vector>

namespace varve::crash {

/// The process to be killed, if the words ask for it: `--load FOLDER PIPE durable|buffered FIRST...`. Answers its exit
/// code; -1 when they ask for something else.
[[nodiscard]] int load_by_words(const std::vector<std::string>& words);

}  // namespace varve::crash
