/// An index in memory that treats its owner as RocksDB without a log does: what was applied since the last flush may be
/// gone after a crash, the latest first, never the half of a batch. All drawn from a seed.
#pragma once

#include <cstdint>
#include <memory>

#include "index/home.hpp"

namespace varve::index {

/// Safe from any thread; deterministic when used from one.
class FaultyHome final : public Home {
public:
    explicit FaultyHome(std::uint64_t seed);
    ~FaultyHome() override;

    Result<std::unique_ptr<Index>> open(bool read_only) override;
    Result<> destroy() override;

    /// Process or power die: open indexes are dead, of the batches that were not flushed the first few are left.
    void crash();
    /// The next opening finds damage.
    void damage();
    /// The call of that number from now on (openings, batches and flushes count; 1 is the next; 0: none) fails.
    void fail(std::uint64_t call, Code code);
    /// A home of its own with what this one would have after crash().
    [[nodiscard]] std::shared_ptr<FaultyHome> copy(std::uint64_t seed) const;

private:
    class Shared;
    class Opened;
    std::shared_ptr<Shared> shared_;
};

}  // namespace varve::index
