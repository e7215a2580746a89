// Texts that name moments and events: what is read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "varve/types.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto time = varve::parse_timestamp(text)) {
        if (varve::parse_timestamp(varve::to_string(*time)) != time) std::abort();
    }
    if (const auto id = varve::EventId::parse(text)) {
        if (varve::EventId::parse(id->to_string()) != id) std::abort();
    }
    return 0;
}
