// Any bytes: decoding never crashes; what it accepts, encoding writes, and decoding that gives the same again.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "varve/json.hpp"

namespace {

enum class Colour { red, green, blue };

struct Leaf {
    std::string name;
    std::int8_t tiny = 0;
    std::uint64_t huge = 0;
};

struct Empty {};

// All optional, so that short inputs get far.
struct Tree {
    std::optional<bool> b;
    std::optional<std::int64_t> i;
    std::optional<double> d;
    std::optional<float> f;
    std::optional<std::string> s;
    std::optional<Colour> c;
    std::optional<std::variant<Leaf, Empty>> v;
    std::optional<std::map<std::string, int>> m;
    std::optional<std::set<int>> u;
    std::optional<std::array<int, 2>> a;
    std::optional<std::tuple<int, bool>> t;
    std::optional<varve::Timestamp> w;
    std::optional<std::chrono::seconds> e;
    std::optional<varve::EventId> id;
    std::optional<varve::Position> p;
    std::optional<std::vector<varve::Json>> j;
    std::optional<std::vector<Tree>> k;
};

void require(bool holds) {
    if (!holds) std::abort();
}

void check_document(std::string_view text) {
    const auto document = varve::parse_json(text);
    require(document.ok() == varve::check_json(text).ok());
    if (!document.ok()) return;
    require(varve::check_json(document->root().text()).ok());
    for (const auto [name, value] : document->root().members()) {
        const std::string_view raw = document->raw(name);
        require(varve::check_json(raw).ok());
        // A name may be repeated; only the first is told by raw().
        require(varve::parse_json(raw)->root().text() == document->root().find(name)->text());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_document(text);
    const auto tree = varve::from_json<Tree>(text);
    if (!tree.ok()) {
        require(!tree.error().message.empty());
        return 0;
    }
    const auto written = varve::to_json(*tree);
    require(written.ok() || tree->w.has_value() || tree->k.has_value());  // a year beyond 9999 by its offset
    if (!written.ok()) return 0;
    const auto again = varve::from_json<Tree>(*written);
    require(again.ok() && varve::to_json(*again).value() == *written);
    std::string quoted;
    if (varve::append_json_string(quoted, text)) {
        require(varve::parse_json(quoted)->root().as_string() == text);
    }
    require(varve::check_json(quoted).ok());
    return 0;
}
