/// What the tests of a running server share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command_test.hpp"

namespace command {

class ServerTest : public CommandTest {
protected:
    /// A server that got a port, and tells it in its first line.
    struct Running {
        explicit Running(std::vector<std::string> words) : process(varve(std::move(words))) {
            const std::string first = process.line().value_or("");
            port = first.substr(first.rfind(':') + 1);
        }
        [[nodiscard]] std::string url(const std::string& path) const { return "http://127.0.0.1:" + port + path; }

        Process process;
        std::string port;
    };
    static Outcome curl(const std::vector<std::string>& words) {
        std::vector<std::string> all{"curl", "-sS", "--max-time", "30"};
        all.insert(all.end(), words.begin(), words.end());
        Process process(all);
        const int exit = process.wait();
        return {exit, process.out(), process.err()};
    }
};

}  // namespace command
