// Pages of a packed segment with whatever tables, dictionaries and compressed bytes, their checksums right: reading them
// answers that many bytes, the same wherever it begins, and nothing is read or written beyond them.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "io/memory_files.hpp"
#include "log/packed_pages.hpp"

namespace {

using namespace varve::log;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string number(std::uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> 8 * i & 0xff);
    return bytes;
}

/// Filled up with zeros to whole words.
std::string in_words(std::string_view bytes) {
    std::string whole(bytes);
    whole.resize((whole.size() + 7) / 8 * 8);
    return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t pages = 1 + data[0] % 4;
    const std::size_t dictionary_bytes = std::size_t{data[1]} * 8;
    SegmentHeader header;
    header.page_bytes = page_bytes_min;
    header.written_end = 1;  // a rewritten segment: only those are packed
    SegmentFooter footer;
    // The last page is of less.
    footer.frames_end = segment_header_bytes + page_bytes_min * pages - data[2] * std::size_t{8};

    std::string_view rest = input.substr(4);
    const std::string dictionary = in_words(rest.substr(0, dictionary_bytes));
    rest.remove_prefix(std::min(rest.size(), dictionary_bytes));
    std::string file(segment_header_bytes, '\0');
    std::string table;
    for (std::size_t page = 0; page < pages; ++page) {
        const std::string packed = in_words(rest.substr(0, rest.size() / (pages - page)));
        rest.remove_prefix(rest.size() / (pages - page));
        file += packed;
        // Now and then the table lies.
        table += number(file.size() + (data[3] >> page & 1 ? data[2] * std::size_t{8} : 0));
        table += number(varve::crc32c(packed));
    }
    footer.pages_end = file.size();
    file += footer.encode(header.salt, {{pages_section, table}, {dictionary_section, dictionary}});

    const auto opened = varve::io::memory_files()->open("segment", varve::io::OpenMode::create_new).value();
    require(opened->write(0, file).ok());
    const auto from_file = PackedPages::in(*opened, header, footer).value();
    const PackedPages from_view(*opened, file.data(), header, footer);
    PageWindow window, other;
    const std::uint64_t bytes = footer.frames_end - segment_header_bytes;
    const std::string all(window.at(*from_file, segment_header_bytes, bytes).value());
    require(all.size() == bytes);
    for (std::uint64_t at = 0; at < bytes; at += 1000) {
        const auto some = other.at(from_view, segment_header_bytes + at, 5000).value();
        const std::size_t wanted = std::min<std::size_t>(5000, bytes - at);
        require(some.substr(0, wanted) == std::string_view(all).substr(at, wanted));
    }
    return 0;
}
