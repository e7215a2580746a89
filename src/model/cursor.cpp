#include "varve/detail/cursor.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "model/crypto.hpp"
#include "varve/limits.hpp"
#include "varve/result.hpp"

namespace varve::detail {

namespace {

/// Cursors outlive the program in browsers and logs: a change of their form is a new first byte.
constexpr char form = '\1';
constexpr std::size_t number_bytes = 8;
constexpr std::size_t head_bytes = 1 + 2 * number_bytes;  ///< the form, whose it is, and a checksum

std::string bytes_of(std::uint64_t number) {
    std::string bytes;
    for (std::size_t i = 0; i < number_bytes; ++i) bytes += static_cast<char>(number >> (8 * i));
    return bytes;
}

std::string checksum(std::string_view whose, std::string_view key) {
    return bytes_of(xxh3_64(std::string(whose) + std::string(key), static_cast<std::uint64_t>(form)));
}

[[noreturn]] void refuse(std::string message) {
    throw Failure(Error{.code = Code::invalid_argument, .message = std::move(message)});
}

}  // namespace

std::string write_cursor(std::string_view walk, std::string_view key) {
    const std::string whose = bytes_of(xxh3_64(walk));
    return crypto::to_text(form + whose + checksum(whose, key) + std::string(key));
}

std::string read_cursor(std::string_view walk, std::string_view cursor) {
    const auto bytes = crypto::from_text(cursor);
    if (!bytes || bytes->size() < head_bytes || bytes->front() != form)
        refuse("the page's cursor is no cursor of this program; begin without one, and pass on Page::next as it is");
    const std::string_view all = *bytes;
    const std::string_view whose = all.substr(1, number_bytes);
    const std::string_view key = all.substr(head_bytes);
    if (all.substr(1 + number_bytes, number_bytes) != checksum(whose, key))
        refuse("the page's cursor was changed on its way; begin without one, and pass on Page::next as it is");
    if (whose != bytes_of(xxh3_64(walk))) {
        refuse(
            "the page's cursor belongs to another table, range or direction; it is good only for the walk that it came "
            "from: begin without one");
    }
    return std::string(key);
}

void check_page_rows(std::size_t limit) {
    if (limit >= 1 && limit <= limits::page_rows) return;
    refuse(fmt::format("a page has 1 to {} rows, not {}; ask for several pages", limits::page_rows, limit));
}

}  // namespace varve::detail
