// kill -9 under load, as often as asked: ./dev sim --crash.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "crash/command.hpp"
#include "crash/rounds.hpp"

int main(int count, char** arguments) {
    namespace fs = std::filesystem;
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (const int load = varve::crash::load_by_words(words); load >= 0) return load;

    varve::crash::RoundsOptions options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string value = i + 1 < words.size() ? words[i + 1] : "";
        const bool number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
        if ((words[i] != "--rounds" && words[i] != "--seed") || !number) {
            std::cerr << "usage: ./dev sim --crash [--rounds N] [--seed N]    kill -9 under load, N times (200)\n";
            return 2;
        }
        (words[i] == "--rounds" ? options.rounds : options.seed) = std::stoull(value);
        ++i;
    }
    std::string folder = (fs::temp_directory_path() / "varve-crash-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        std::cerr << "crash: no temporary folder\n";
        return 2;
    }
    options.folder = (fs::path(folder) / "store").string();
    options.program = fs::read_symlink("/proc/self/exe").string();
    if (::isatty(STDERR_FILENO) != 0) {
        options.progress = [](std::uint64_t round, std::uint64_t events) {
            std::cerr << "\rround " << round << ", " << events << " events " << std::flush;
        };
    }
    const auto report = varve::crash::run_rounds(options);
    std::cout << report.rounds << " kills (" << report.before_open << " while opening), " << report.events
              << " events, " << report.acknowledged << " commits acknowledged, " << report.unacknowledged
              << " found that were not\n";
    if (!report.ok()) {
        std::cout << "VIOLATION: " << report.violation << "\nthe store is kept: " << options.folder
                  << "\nagain: ./dev sim --crash --seed " << options.seed << '\n';
        return 1;
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    std::cout << "every promise was kept\n";
    return 0;
}
