// Any bytes as CBOR: reading never crashes, and what is read as some JSON is written so that it reads the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/cbor.hpp"
#include "varve/codec.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// All optional, so that short inputs get far.
struct Tree {
    static constexpr auto format = varve::Format::cbor;
    std::optional<bool> b;
    std::optional<std::int64_t> i;
    std::optional<std::uint64_t> u;
    std::optional<double> d;
    std::optional<std::string> s;
    std::optional<std::map<std::string, int>> m;
    std::optional<std::vector<varve::Json>> j;
    std::optional<std::vector<Tree>> k;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto json = varve::cbor_to_json(bytes);
    if (!json.ok()) {
        require(!json.error().message.empty());
        return 0;
    }
    const auto written = varve::json_to_cbor(*json);
    require(written.ok() && varve::cbor_to_json(*written).value() == *json);
    require(varve::json_to_cbor(*json).value() == *written);
    varve::Event event{};
    event.data = bytes;
    event.content_type = varve::cbor_content;
    const auto tree = varve::decode_event<Tree>(event);
    if (!tree.ok()) return 0;
    const auto again = varve::encode_event(*tree);
    require(again.ok());
    event.data = *again;
    require(varve::encode_event(varve::decode_event<Tree>(event).value()).value() == *again);
    return 0;
}
