/// Entries on their way to the disk, kept by name and open to readers. A stream's events of many batches become one
/// row instead of one a batch, which is most of the cost of an index.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/index.hpp"
#include "varve/engine.hpp"
#include "varve/types.hpp"

namespace varve::index {

/// The events of one stream or term.
struct Run {
    Revision first;                   ///< of the first of them (streams only)
    std::vector<Position> positions;  ///< ascending; never empty. Of a missing event (streams only): of the next one
    bool after_gap = false;           ///< as Entry::after_gap of the first of them
};

/// Plain containers without a lock: the index guards them.
class Pending {
public:
    Pending() = default;
    Pending(Pending&&) = default;  // names stay where they are
    Pending& operator=(Pending&&) = default;
    ~Pending() = default;

    void add(const Entry& entry);

    /// Past this it should be written out: 512 Ki events or about 24 MiB.
    [[nodiscard]] bool full() const { return events_ >= events_max || bytes_ >= bytes_max; }
    [[nodiscard]] bool empty() const { return events_ == 0; }

    /// Null when nothing of it is here. Everything the disk has of it comes before.
    [[nodiscard]] const Run* stream(std::string_view name) const;
    [[nodiscard]] const Run* term(const Term& term) const;
    /// Heads of the streams here, by name, as Index::streams asks for them.
    [[nodiscard]] std::vector<StreamInfo> streams(std::string_view prefix, std::string_view after,
                                                  std::size_t limit) const;

    using Named = std::pair<std::string_view, const Run*>;
    /// Everything, in byte order of names: what RocksDB likes to be written. Views into this.
    [[nodiscard]] std::vector<Named> sorted_streams() const { return sorted(streams_); }
    [[nodiscard]] std::vector<Named> sorted_terms(TermKind kind) const { return sorted(terms_[at(kind)]); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
    };
    using Runs = std::unordered_map<std::string, Run, Hash, std::equal_to<>>;

    static constexpr std::uint64_t events_max = 512 << 10;
    static constexpr std::uint64_t bytes_max = 24 << 20;

    [[nodiscard]] static constexpr std::size_t at(TermKind kind) { return static_cast<std::size_t>(kind); }
    /// Adds to the run of that name, which is made if need be.
    Runs::value_type& add(Runs& runs, std::string_view name, const Entry& entry);
    void add(Runs::value_type& run, const Entry& entry);
    /// The same for the kinds that have few names: found without hashing when they are among the latest.
    void add_often(TermKind kind, std::string_view name, const Entry& entry);
    static const Run* find(const Runs& runs, std::string_view name);
    static std::vector<Named> sorted(const Runs& runs);

    Runs streams_;
    std::array<Runs, 3> terms_;  // by kind
    static constexpr std::size_t often = 8;
    std::array<std::array<Runs::value_type*, often>, 3> latest_{};  // by kind and a bit of their names
    std::uint64_t events_ = 0;
    std::uint64_t bytes_ = 0;  // roughly, allocator included
};

/// The head that a stream's run tells.
[[nodiscard]] StreamInfo head_of(std::string_view name, const Run& run);

/// What is wrong with a batch that follows the watermark `next` and moves it to `watermark_next`; empty when
/// nothing is. A batch applied twice would put positions into the wrong places, so this is always looked at.
[[nodiscard]] std::string_view fault_of(std::span<const Entry> entries, Position next, Position watermark_next);

}  // namespace varve::index
