// A key file and a sealed value, changed in any way: nothing crashes, and what opens is what was sealed.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "io/memory_files.hpp"
#include "model/key_store.hpp"

namespace {

using varve::KeyStore;

constexpr std::array<const char*, 3> subjects{"c-1", "c-2", "c-3"};

varve::detail::SealPlace place_of(std::size_t subject) {
    return {subjects[subject], "Added", "name"};
}

std::shared_ptr<varve::io::Files> files_with(const std::string& bytes) {
    std::shared_ptr<varve::io::Files> files = varve::io::memory_files();
    files->open("keys", varve::io::OpenMode::create_new).value()->write(0, bytes).value();
    return files;
}

/// Three subjects, the last of them forgotten; made once.
struct Sample {
    std::string file;
    std::vector<std::string> tokens;

    Sample() {
        std::shared_ptr<varve::io::Files> files = varve::io::memory_files();
        const auto keys = KeyStore::open(files, "keys", {}).value();
        for (std::size_t i = 0; i < subjects.size(); ++i)
            tokens.push_back(keys->seal(place_of(i), subjects[i]).value());
        keys->forget(subjects[2]).value();
        const auto made = files->open("keys", varve::io::OpenMode::read).value();
        file.resize(made->size().value());
        made->read(0, file).value();
    }
};

void change(std::string& bytes, std::uint8_t high, std::uint8_t low, std::uint8_t value) {
    const std::size_t at = std::size_t{high} << 8 | low;
    if (at < bytes.size()) bytes[at] = static_cast<char>(value);
}

}  // namespace

/// Four bytes a change: what (the file, one of the tokens, or where the file ends), where, and the new byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Sample sample;
    std::string file = sample.file;
    std::vector<std::string> tokens = sample.tokens;
    for (; size >= 4; data += 4, size -= 4) {
        if (data[0] % 8 < 3) {
            change(tokens[data[0] % 8], 0, data[2], data[3]);
        } else if (data[0] % 8 == 3) {
            file.resize(std::size_t{data[1]} << 8 | data[2]);
        } else {
            change(file, data[1], data[2], data[3]);
        }
    }
    // A token of arbitrary bytes.
    tokens.emplace_back(reinterpret_cast<const char*>(data), size);
    const auto keys = KeyStore::open(files_with(file), "keys", {});
    if (!keys.ok()) return 0;
    for (const std::string& token : tokens) {
        for (std::size_t i = 0; i < subjects.size(); ++i) {
            const auto opened = (*keys)->open(place_of(i), token);
            if (opened.ok() && (*opened != subjects[i] || i == 2)) std::abort();
        }
        (void)(*keys)->forgotten(token);
    }
    if ((*keys)->standing("c-9") == KeyStore::Standing::unknown && (*keys)->seal({"c-9", "Added", "name"}, "9").ok() &&
        (*keys)->standing("c-9") != KeyStore::Standing::known) {
        std::abort();
    }
    return 0;
}
