/// The events that every subject is given: 256 bytes of JSON data, 64 bytes of metadata, a type, an id; made from
/// a number alone, so that whatever is read back can be checked to the last byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "subjects/subject.hpp"

namespace varve::bench {

/// Which stream event number n belongs to.
enum class Spread : std::uint8_t {
    random,  ///< any stream, as if by dice: appends
    turns    ///< the streams take turns, so each has equally many events, far apart in the log: reads
};

class Samples {
public:
    static constexpr std::size_t data_bytes = 256;
    static constexpr std::size_t metadata_bytes = 64;

    Samples(std::uint64_t streams, Spread spread);

    [[nodiscard]] std::uint64_t streams() const { return names_.size(); }
    [[nodiscard]] std::string_view stream_name(std::uint64_t index) const { return names_[index]; }
    [[nodiscard]] std::string_view stream_of(std::uint64_t number) const;
    /// Event `number`, its data written to data[0 .. data_bytes).
    [[nodiscard]] Sample make(std::uint64_t number, char* data) const;
    /// The number that an event read back carries; nothing when it carries none or any byte of it is wrong.
    [[nodiscard]] std::optional<std::uint64_t> number_of(const Seen& seen) const;

private:
    std::vector<std::string> names_;
    std::vector<std::string> bodies_, metadata_;
    Spread spread_;
};

/// A reusable buffer of samples: the events of one commit. Used by one thread.
class Batch {
public:
    Batch(const Samples& samples, std::size_t events);
    /// The events first, first + stride, first + 2 * stride ...; valid until the next call.
    std::span<const Sample> fill(std::uint64_t first, std::uint64_t stride);

private:
    const Samples* samples_;
    std::vector<char> data_;
    std::vector<Sample> events_;
};

/// Reads a few bits of every cache line of each event, so that a read cannot be skipped; counts.
class Touch : public Visitor {
public:
    void event(const Seen& seen) override;
    [[nodiscard]] std::uint64_t events() const { return events_; }
    [[nodiscard]] std::uint64_t sum() const { return sum_; }

private:
    std::uint64_t events_ = 0, sum_ = 0;
};

/// Checks every byte of what is read back, and that no event comes twice.
class Check : public Visitor {
public:
    explicit Check(const Samples& samples) : samples_(&samples) {}
    void event(const Seen& seen) override;
    /// ok when exactly `expected` different, intact events were seen.
    [[nodiscard]] Result<> verdict(std::uint64_t expected) const;

private:
    const Samples* samples_;
    std::vector<bool> seen_;
    std::uint64_t events_ = 0, damaged_ = 0, repeated_ = 0;
};

}  // namespace varve::bench
