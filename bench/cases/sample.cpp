#include "cases/sample.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <random>

#include <fmt/format.h>

namespace varve::bench {
namespace {

constexpr std::size_t bodies = 512;
constexpr std::string_view data_start = R"({"n":")";
constexpr std::size_t number_digits = 12;
constexpr std::array<std::string_view, 4> types = {"MoneyDeposited", "MoneyWithdrawn", "TransferBooked",
                                                   "AccountCharged"};
constexpr std::array<std::string_view, 16> words = {"rent",   "coffee", "salary", "refund", "bicycle", "library",
                                                    "ticket", "garden", "winter", "market", "letter",  "harbor",
                                                    "music",  "bread",  "repair", "travel"};

/// Mixes a number into 64 unrelated bits (the finaliser of splitmix64).
std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/// JSON with an empty field for the event's number: about a third of it is random digits, the rest is prose.
std::string make_body(std::mt19937_64& random) {
    std::string text(data_start);
    text.append(number_digits, '0');
    text += fmt::format(R"(","cents":{},"currency":"EUR","reference":"{:016x}{:016x}","memo":")", random() % 1'000'000,
                        random(), random());
    while (text.size() < Samples::data_bytes - 2) text.append(words[random() % words.size()]).append(" ");
    text.resize(Samples::data_bytes - 2);
    return text + "\"}";
}

std::string make_metadata(std::mt19937_64& random) {
    std::string text = fmt::format(R"({{"correlation":"{:016x}{:016x}","by":")", random(), random());
    text.resize(Samples::metadata_bytes - 2, 'u');
    return text + "\"}";
}

void write_number(std::uint64_t number, char* digits) {
    for (std::size_t i = number_digits; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

Samples::Samples(std::uint64_t streams, Spread spread) : spread_(spread) {
    std::mt19937_64 random(20261123);
    for (std::uint64_t i = 0; i < streams; ++i) names_.push_back(fmt::format("account-{:07}", i));
    for (std::size_t i = 0; i < bodies; ++i) {
        bodies_.push_back(make_body(random));
        metadata_.push_back(make_metadata(random));
    }
}

std::string_view Samples::stream_of(std::uint64_t number) const {
    return names_[(spread_ == Spread::random ? mix(number) : number) % names_.size()];
}

Sample Samples::make(std::uint64_t number, char* data) const {
    std::memcpy(data, bodies_[number % bodies].data(), data_bytes);
    write_number(number, data + data_start.size());
    Sample sample{.stream = stream_of(number),
                  .type = types[number % types.size()],
                  .data = {data, data_bytes},
                  .metadata = metadata_[number % bodies],
                  .id = {}};
    const std::array<std::uint64_t, 2> bits = {mix(number), mix(~number)};
    std::memcpy(sample.id.bytes.data(), bits.data(), sample.id.bytes.size());
    return sample;
}

std::optional<std::uint64_t> Samples::number_of(const Seen& seen) const {
    if (seen.data.size() != data_bytes) return {};
    std::uint64_t number = 0;
    const char* digits = seen.data.data() + data_start.size();
    const auto read = std::from_chars(digits, digits + number_digits, number);
    if (read.ec != std::errc() || read.ptr != digits + number_digits) return {};
    std::array<char, data_bytes> data;
    const Sample sample = make(number, data.data());
    const bool same = seen.stream == sample.stream && seen.type == sample.type && seen.data == sample.data &&
                      seen.metadata == sample.metadata;
    return same ? std::optional(number) : std::nullopt;
}

Batch::Batch(const Samples& samples, std::size_t events)
    : samples_(&samples), data_(events * Samples::data_bytes), events_(events) {}

std::span<const Sample> Batch::fill(std::uint64_t first, std::uint64_t stride) {
    for (std::size_t i = 0; i < events_.size(); ++i) {
        events_[i] = samples_->make(first + i * stride, data_.data() + i * Samples::data_bytes);
    }
    return events_;
}

void Touch::event(const Seen& seen) {
    ++events_;
    for (std::size_t i = 0; i < seen.data.size(); i += 64) sum_ += static_cast<unsigned char>(seen.data[i]);
    if (!seen.metadata.empty()) sum_ += static_cast<unsigned char>(seen.metadata.back());
}

void Check::event(const Seen& seen) {
    ++events_;
    const auto number = samples_->number_of(seen);
    if (!number) {
        ++damaged_;
        return;
    }
    if (*number >= seen_.size()) seen_.resize(*number * 5 / 4 + 1024);
    if (seen_[*number]) ++repeated_;
    seen_[*number] = true;
}

Result<> Check::verdict(std::uint64_t expected) const {
    if (events_ == expected && damaged_ == 0 && repeated_ == 0) return {};
    return Error{Code::data_loss,
                 fmt::format("{} events were acknowledged, but {} were read back, of them {} damaged and {} repeated",
                             expected, events_, damaged_, repeated_)};
}

}  // namespace varve::bench
