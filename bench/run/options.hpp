/// The command line of the benchmark program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cases/workload.hpp"

namespace varve::bench {

struct Options {
    bool quick = false;
    bool list = false;
    std::string only = ".*";            ///< a regular expression over the cases' ids
    std::vector<std::string> subjects;  ///< empty: all but the optional ones
    std::string json;                   ///< file for JSON lines; `-`: standard output; empty: none
    Path folder = ".";
    unsigned rounds = 3;

    /// Set when this process is the long load of another run (load_cases.cpp).
    LoadOrder load;
};

/// The options, or the exit code after help or a complaint has been printed.
[[nodiscard]] std::variant<Options, int> parse(int count, char** arguments);

}  // namespace varve::bench
