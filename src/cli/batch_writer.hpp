/// Appends many commits in order, the next being gathered while one is under way. Events that are in the store already,
/// told by their ids, are passed over.
#pragma once

#include <cstdint>
#include <future>
#include <optional>

#include "varve/store.hpp"

namespace varve::cli {

/// One commit is under way at most: so what is stored is always a beginning of the input, also when a disk fills up
/// in the middle, and memory holds two batches (three where events bring their ids) whatever the size of the input. Used by one thread.
class BatchWriter {
public:
    explicit BatchWriter(const Store& store) : store_(store) {}
    BatchWriter(const BatchWriter&) = delete;
    BatchWriter& operator=(const BatchWriter&) = delete;
    /// Waits for the commit under way.
    ~BatchWriter();

    /// Which lines of the input a commit was made of.
    struct Lines {
        std::uint64_t first = 0, last = 0;
    };

    /// Waits for the commit before, then hands this one over. An error is that of the commit before; this one was
    /// then not handed over, and failed() tells the lines of the other.
    Result<> submit(Commit commit, Lines lines);
    /// Waits for the commit under way.
    Result<> settle();

    [[nodiscard]] std::uint64_t stored() const { return stored_; }        ///< events of acknowledged commits
    [[nodiscard]] std::uint64_t repeated() const { return repeated_; }    ///< events that were there already
    [[nodiscard]] std::uint64_t last_line() const { return last_line_; }  ///< all lines up to here are stored
    [[nodiscard]] std::optional<Lines> failed() const { return failed_; }

private:
    Result<> count(const Result<Receipt>& receipt);
    /// A commit of which some events are there already, on their streams: appends the others.
    Result<> append_the_rest(const Error& error);

    Store store_;
    Commit sent_;  ///< the commit under way, when its events have ids
    std::future<Result<Receipt>> under_way_;
    Lines lines_;
    std::uint64_t stored_ = 0;
    std::uint64_t repeated_ = 0;
    std::uint64_t last_line_ = 0;
    std::optional<Lines> failed_;
};

}  // namespace varve::cli
