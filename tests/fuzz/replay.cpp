// Stands in for the fuzzer: every file of a corpus, and a fixed number of changed copies of each.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int changes_of_a_file = 150;

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string changed(std::string input, std::mt19937_64& random) {
    for (auto times = 1 + random() % 4; times > 0; --times) {
        const std::size_t place = random() % (input.size() + 1);
        const auto byte = static_cast<char>(random());
        switch (random() % 4) {
            case 0: input.insert(place, 1, byte); break;
            case 1: input.erase(place, 1 + random() % 4); break;
            case 2: input.insert(place, input.substr(random() % (input.size() + 1), random() % 8)); break;
            default:
                if (place < input.size()) input[place] = byte;
        }
    }
    return input;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) files.push_back(entry.path());
    std::ranges::sort(files);
    std::mt19937_64 random(1);
    run({});
    for (const auto& path : files) {
        std::ifstream file(path, std::ios::binary);
        std::string input{std::istreambuf_iterator<char>(file), {}};
        run(input);
        for (int i = 0; i < changes_of_a_file; ++i) {
            input = i % 10 == 0 ? input : changed(input, random);
            run(input);
        }
    }
    std::cout << files.size() << " files and their changes\n";
    return files.empty() ? 1 : 0;
}
