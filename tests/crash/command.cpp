#include "crash/command.hpp"

#include "crash/load.hpp"

namespace varve::crash {

int load_by_words(const std::vector<std::string>& words) {
    constexpr std::size_t fixed = 4;
    if (words.size() != fixed + writers || words[0] != "--load") return -1;
    LoadOptions options{.folder = words[1],
                        .durability = words[3] == "buffered" ? Durability::buffered : Durability::durable,
                        .pipe = std::stoi(words[2])};
    for (std::size_t i = 0; i < writers; ++i) options.first[i] = std::stoull(words[fixed + i]);
    return run_load(options);
}

}  // namespace varve::crash
