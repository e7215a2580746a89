#include "transport/shell.hpp"

#include <array>
#include <cstdio>
#include <memory>

namespace transport {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(("{ " + command + "; } 2>&1").c_str(), "r"), &::pclose);
    std::string all;
    std::array<char, 4096> part{};
    for (std::size_t got = 1; pipe && got > 0;) {
        got = std::fread(part.data(), 1, part.size(), pipe.get());
        all.append(part.data(), got);
    }
    return all;
}

}  // namespace transport
