/// A read model built anew beside the old one, which serves meanwhile, and takes its place when it shall.
///
///     auto rebuild = bank.rebuild<Balances>().value();          // its handlers were mended
///     rebuild.wait(std::chrono::hours(1)).value();
///     std::cout << rebuild.diff().value();                      // balances[a1]: cents 400 -> 500, since position 17 (...)
///     rebuild.cut_over().value();                               // from now on the new one answers
///     rebuild.finish().value();                                 // or roll_back(): the old one has gone on following
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "varve/detail/table_steps.hpp"
#include "varve/export.hpp"
#include "varve/projection.hpp"
#include "varve/result.hpp"
#include "varve/row_diff.hpp"
#include "varve/types.hpp"

namespace varve {

/// How a rebuild is done. See `App::rebuild`. The new one lives as the old one does, in as many partitions; until it is in
/// charge a thread builds it, also where that life has none.
struct RebuildOptions {
    /// Where the new rows are kept. Absent: where the old ones are, in memory or in files beside theirs.
    std::optional<Sqlite> file = {};
    /// Goes on with what an interrupted rebuild has left in the file. Only where the handlers are the same as then; false:
    /// from the beginning of the log.
    bool resume = false;
};

/// How a rebuild is doing.
struct RebuildProgress {
    enum class State : std::uint8_t {
        building,   ///< works through the log
        ready,      ///< has seen everything and follows; the old one answers
        in_charge,  ///< answers; the old one follows
        finished,   ///< the old one is gone
        cancelled,  ///< the new one is gone
        stopped,    ///< the App was closed
        failed      ///< see `error`; the old one answers
    };
    State state = State::building;
    Position position;             ///< every event below it is in the new rows
    Position head;                 ///< of the store, at this moment
    double events_per_second = 0;  ///< of the log, over about the last second of work
    /// At that rate; nothing while it is not known yet.
    std::optional<std::chrono::seconds> time_left = {};
    /// What the new rows lack, see `App::retry`.
    std::vector<QuarantinedKey> quarantined = {};
    std::optional<Error> error = {};
};
[[nodiscard]] VARVE_API std::string_view to_string(RebuildProgress::State state);

struct CutOverOptions {
    /// For the two to stand at one position, until the effect at hand is performed, and, for files, until answers that are
    /// under way have ended.
    std::chrono::milliseconds limit = std::chrono::seconds(10);
    /// Also where keys of the one that takes over are in quarantine.
    bool with_quarantine = false;
};

/// How the old and the new rows are compared.
struct RebuildDiffOptions {
    std::size_t rows = 20;  ///< told one by one, up to limits::diff_rows (1000); all are counted
    /// Finds RowChange::since for each of them: both projections are replayed in memory, once through the log.
    bool explain = true;
    /// Whose handlers have made the old rows, where they were mended within the same class: that class as it was, under
    /// another name, `varve::former<BalancesBefore>()`.
    std::optional<detail::ComparedType> former = {};
    std::chrono::milliseconds limit = std::chrono::seconds(10);  ///< for the two to stand at one position
};

/// See RebuildDiffOptions::former.
template <class P>
[[nodiscard]] detail::ComparedType former() {
    return detail::compared_type<P>();
}

class Rebuilding;

/// A handle on a rebuild; copies are the same one. It goes on without a handle, so keep one. Any thread may call anything;
/// calls that change something wait for each other, and are `failed_precondition` from within a handler, an effect or an
/// answer of one of the two. After the App is closed, or gone, all but progress() is `failed_precondition`.
class VARVE_API Rebuild {
public:
    explicit Rebuild(std::shared_ptr<Rebuilding> inside) : inside_(std::move(inside)) {}

    [[nodiscard]] RebuildProgress progress() const;

    /// Waits until the new rows have all that was in the store when it was called. Errors: `deadline_exceeded` (says how far
    /// it is), and what has stopped the new one.
    Result<> wait(std::chrono::milliseconds limit) const;

    /// Compares old and new rows, table by table, as of one position; see varve::diff for what is compared, and how. Both
    /// keep answering. In files both go on meanwhile; in memory they stand still until the last row is compared, and catch
    /// up then (a question to one that is inlined or live waits for that, within its limit). `explain` takes memory for both read models, and the time of a
    /// replay. Errors: `deadline_exceeded` (they did not come to one position; wait first), `failed_precondition` (one of
    /// them has failed), and as of varve::diff.
    [[nodiscard]] Result<RowDiff> diff(const RebuildDiffOptions& options = {}) const;

    /// The new one answers from now on; the old one follows the log, so that rolling back is instant. No question is lost:
    /// each is answered by one of the two, live queries go on, and are told of an answer that is another one now. Effects of
    /// events before it are the old one's: what it has not performed yet, the new one performs, under the same ids, and what
    /// is set aside is set aside there; those of later events are the new one's.
    /// For files, in the same class, their names are exchanged: the new one gets the name, the old one is `<name>.previous`;
    /// questions wait some milliseconds. A crash leaves one or the other in charge, whole. Not from an effect.
    /// Errors: `deadline_exceeded` (the new one is not there yet, or an answer from the old file, or an effect, did not end;
    /// ask again), `failed_precondition` (the new one has failed, has keys in quarantine, has no Effects while some are not
    /// performed yet, or is in charge already), `unavailable` (another process has one of the files open, or they cannot be
    /// renamed). Then the old one is still in charge.
    Result<> cut_over(const CutOverOptions& options = {});
    /// The old one answers again, and is not behind. The new one follows: it may be compared, cut over to again, or
    /// cancelled. Errors as of cut_over.
    Result<> roll_back(const CutOverOptions& options = {});
    /// After the cut-over: ends the old one and deletes its file, when answers from it that are under way have ended.
    /// Idempotent. Errors: `deadline_exceeded` (one did not within 10 s: the rebuild is finished, the file is left there).
    Result<> finish();
    /// Before the cut-over, or rolled back: ends the new one and deletes its file, likewise. Idempotent.
    Result<> cancel();

private:
    std::shared_ptr<Rebuilding> inside_;
};

namespace detail {

template <class Old, class... Q>
consteval bool answers_all(Queries<Q...>, auto new_queries) {
    return (decltype(new_queries)::template contains<Q> && ...);
}

template <class Old, class New>
consteval bool check_rebuilt() {
    static_assert(answers_all<Old>(typename QueriesOf<Old>::type{}, typename QueriesOf<New>::type{}),
                  "varve: the projection that takes over must list every query of the old one in its Queries");
    return true;
}

}  // namespace detail

}  // namespace varve
