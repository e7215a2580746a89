#include "log/commit_extension.hpp"

#include <algorithm>
#include <cstdint>

#include "log/little_endian.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change.
namespace item {
constexpr std::size_t at_type = 0;
constexpr std::size_t at_bytes = 2;
constexpr std::size_t at_content = 4;
constexpr std::uint16_t type_command_id = 1;

constexpr std::size_t padded(std::size_t content) {
    return (at_content + content + 7) & ~std::size_t{7};
}
}  // namespace item

}  // namespace

std::size_t extension_bytes(const Commit& commit) {
    return commit.command_id.empty() ? 0 : item::padded(commit.command_id.size());
}

void write_extension(const Commit& commit, char* at) {
    const std::size_t bytes = extension_bytes(commit);
    if (bytes == 0) return;
    store(at + item::at_type, item::type_command_id);
    store(at + item::at_bytes, static_cast<std::uint16_t>(commit.command_id.size()));
    char* const end = std::ranges::copy(commit.command_id, at + item::at_content).out;
    std::fill(end, at + bytes, '\0');
}

std::string_view command_id_in(std::string_view extension) {
    while (extension.size() >= item::at_content) {
        const auto type = load<std::uint16_t>(extension.data() + item::at_type);
        const std::size_t bytes = load<std::uint16_t>(extension.data() + item::at_bytes);
        if (item::padded(bytes) > extension.size()) return {};
        if (type == item::type_command_id) return extension.substr(item::at_content, bytes);
        extension.remove_prefix(item::padded(bytes));
    }
    return {};
}

}  // namespace varve::log
