/// The folder of a store that is being made as a copy: no store before it is whole.
#pragma once

#include <memory>
#include <string>

#include "io/environment.hpp"
#include "log/store_file.hpp"
#include "upkeep/segment_copy.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

/// Holds the folder's lock. A file INCOMPLETE says what is being made, as long as STORE, which comes last, is missing.
class NewStore {
public:
    /// Takes `target`, a new or empty folder, or one in which making a store was interrupted: when it was the same
    /// `request` (one line), `resumed` and with the same id; otherwise all that was there is removed first.
    /// `failed_precondition`: the folder holds something else.
    [[nodiscard]] static Result<NewStore> begin(const io::Environment& environment, const io::Path& target,
                                                const std::string& request);

    [[nodiscard]] const log::StoreId& id() const { return id_; }
    [[nodiscard]] bool resumed() const { return resumed_; }
    [[nodiscard]] io::Path path_of(Position segment) const { return target_ / log::segment_name(segment); }
    [[nodiscard]] io::Path part() const;

    /// Gives the segment that was written as part() its name.
    [[nodiscard]] Result<> keep_part(Position segment) const;
    /// Makes it a store that was closed in order at the end of `last`, the last segment (nothing: empty).
    [[nodiscard]] Result<> finish(const SealedFile* last, std::uint64_t commits,
                                  std::vector<log::Ancestor> ancestors) const;
    /// Says in `report` what it is, made of the store `origin` up to `end`.
    void tell(CopyReport& report, const log::StoreId& origin, const log::Head& end) const;

private:
    NewStore(const io::Environment& environment, io::Path target)
        : environment_(environment), target_(std::move(target)) {}
    [[nodiscard]] Result<> take_folder();
    [[nodiscard]] Result<> remove_all() const;

    io::Environment environment_;
    io::Path target_;
    std::unique_ptr<io::FileLock> lock_;
    log::StoreId id_{};
    bool resumed_ = false;
};

}  // namespace varve::upkeep
