#include "net/message_reader.hpp"

#include <algorithm>
#include <cstdint>

namespace varve::net {
namespace {

constexpr std::size_t prefix_bytes = 5;
/// A buffer of this size costs nothing to keep.
constexpr std::size_t small_buffer = 1024;

std::size_t length_in(std::string_view prefix) {
    std::uint32_t length = 0;
    for (const char c : prefix.substr(1, 4)) length = length << 8 | static_cast<unsigned char>(c);
    return length;
}

}  // namespace

MessageReader::Next MessageReader::next() {
    forget_taken();
    const bool copied = held() > 0;
    if (copied && held() < prefix_bytes) move(prefix_bytes - held());
    const std::string_view there = copied ? std::string_view(held_).substr(at_) : fresh_;
    if (there.size() < prefix_bytes) return {Step::more};
    if (there.front() != 0) return {Step::compressed};
    const std::size_t length = length_in(there);
    if (length > longest_) return {.step = Step::too_long, .length = length};
    const std::size_t whole = prefix_bytes + length;
    if (!copied) {
        if (there.size() < whole) return {Step::more};
        fresh_.remove_prefix(whole);
        return {Step::message, there.substr(prefix_bytes, length)};
    }
    if (held() < whole) move(whole - held());
    if (held() < whole) return {Step::more};
    at_ += whole;
    return {Step::message, std::string_view(held_).substr(at_ - length, length)};
}

void MessageReader::keep() {
    forget_taken();
    move(fresh_.size());
}

void MessageReader::clear() {
    held_ = {};
    at_ = 0;
    fresh_ = {};
}

void MessageReader::move(std::size_t count) {
    count = std::min(count, fresh_.size());
    held_.append(fresh_.substr(0, count));
    fresh_.remove_prefix(count);
}

void MessageReader::forget_taken() {
    if (at_ == held_.size()) {
        held_.clear();
        if (held_.capacity() > small_buffer) held_ = {};
        at_ = 0;
    } else if (at_ > held_.size() / 2) {
        held_.erase(0, at_);
        at_ = 0;
    }
}

}  // namespace varve::net
