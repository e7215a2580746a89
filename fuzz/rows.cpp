// Rows of the index as they come from a disk: any bytes may be parsed; what is accepted is written the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "index/rows.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace index = varve::index;
    const std::string_view row(reinterpret_cast<const char*>(data), size);
    if (const auto watermark = index::parse_watermark(row)) {
        if (index::watermark_row(*watermark) != row) std::abort();
    }
    if (const auto head = index::parse_head("s-1", row)) {
        if (index::head_row(*head) != row) std::abort();
    }
    if (const auto stream = index::stream_of_head_key(row)) {
        if (index::head_key(*stream) != row) std::abort();
    }
    return 0;
}
