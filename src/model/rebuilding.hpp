/// One rebuild: the old read model, the new one, and the place among those that answer, on which one of them is.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "io/files.hpp"
#include "model/crew.hpp"
#include "model/query_place.hpp"
#include "model/rebuild_files.hpp"
#include "model/row_diff.hpp"
#include "varve/detail/seal.hpp"
#include "varve/rebuild.hpp"
#include "varve/store.hpp"

namespace varve {

class Rebuilding {
public:
    /// Opens the place of the new rows and starts. `place` is where the old one is in charge.
    static Result<std::shared_ptr<Rebuilding>> begin(std::shared_ptr<QueryPlace> place,
                                                     const detail::ComparedType& old_type,
                                                     const detail::ComparedType& new_type,
                                                     const RebuildOptions& options, const Store& store,
                                                     const std::shared_ptr<const Performers>& performers);

    // See varve/rebuild.hpp.
    [[nodiscard]] RebuildProgress progress();
    Result<> wait(std::chrono::milliseconds limit);
    Result<RowDiff> diff(const RebuildDiffOptions& options);
    Result<> cut_over(const CutOverOptions& options);
    Result<> roll_back(const CutOverOptions& options);
    Result<> finish();
    Result<> cancel();

    [[nodiscard]] const std::shared_ptr<QueryPlace>& place() const { return place_; }
    /// Only one of the two is left.
    [[nodiscard]] bool over() const;
    /// The one that does not answer; nullptr: it is gone.
    [[nodiscard]] std::shared_ptr<Crew> other() const;
    [[nodiscard]] std::optional<ProjectionStatus> other_status() const;
    /// With the App.
    void stop();

private:
    enum class Stage : std::uint8_t { beside, in_charge, finished, cancelled };
    /// What is there at one moment.
    struct Standing {
        Stage stage;
        bool closed;
        std::shared_ptr<Crew> old_one, new_one;  ///< nullptr: gone
    };

    Rebuilding(std::shared_ptr<QueryPlace> place, const detail::ComparedType& old_type,
               const detail::ComparedType& new_type, const Store& store)
        : place_(std::move(place)), old_type_(old_type), new_type_(new_type), store_(store) {}

    Result<> open(const RebuildOptions& options, const std::shared_ptr<const Performers>& performers);
    Result<> prepare_files(const ProjectionOptions& fresh, const std::string& suffix);
    [[nodiscard]] Standing standing() const;
    [[nodiscard]] Result<Standing> expect(Stage stage, std::string_view what) const;
    /// This thread is not inside of anything that one of them would wait for.
    [[nodiscard]] Result<> check_outside(std::string_view what) const;
    Result<> put_in_charge(const std::shared_ptr<Crew>& next, const std::shared_ptr<Crew>& before, Stage stage,
                           const CutOverOptions& options);
    Result<> exchange(const std::shared_ptr<Crew>& next, const std::shared_ptr<Crew>& before, Stage stage,
                      Deadline deadline, const CutOverOptions& options);
    Result<> drop(std::shared_ptr<Crew> crew, Stage stage);
    Result<ComparedRows> compare(const Standing& now, const RebuildDiffOptions& options);

    const std::shared_ptr<QueryPlace> place_;
    const detail::ComparedType old_type_;
    const detail::ComparedType new_type_;
    const Store store_;
    const std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever began it
    const std::unique_ptr<io::Files> disk_ = io::real_files();
    std::optional<RebuildFiles> files_;  ///< where their names are exchanged
    std::mutex changing_;                ///< held by whoever moves, compares or ends one of them
    mutable std::mutex mutex_;           ///< guards the rest
    Stage stage_ = Stage::beside;
    bool closed_ = false;
    bool ready_ = false;  ///< it was live once
    std::shared_ptr<Crew> old_;
    std::shared_ptr<Crew> new_;  ///< of the two, a thread follows the log for the one that is not in charge
};

}  // namespace varve
