/// The files of a read model that is rebuilt in the same class: `balances.db`, and beside it `balances.db.next` while it is
/// built, `balances.db.previous` after the cut-over.
#pragma once

#include <string>

#include "io/files.hpp"
#include "varve/result.hpp"

namespace varve {

/// Renames files that nobody has open. Where the power may fail between two steps, the name in charge is missing while both
/// others are there; then `settle` puts the previous one back, which was in charge until that moment.
class RebuildFiles {
public:
    /// `files` outlives it.
    RebuildFiles(io::Files& files, std::string path) : files_(files), path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string next() const { return path_ + ".next"; }
    [[nodiscard]] std::string previous() const { return path_ + ".previous"; }

    /// Before the file is opened at a start.
    Result<> settle();
    /// The next one is in charge, durably, the other one the previous. After an error nothing has changed.
    Result<> swap() { return exchange(next(), previous()); }
    /// The previous one is in charge, durably, the other one the next.
    Result<> swap_back() { return exchange(previous(), next()); }
    /// A database and what SQLite keeps beside it.
    Result<> remove(const std::string& path);

private:
    Result<> exchange(const std::string& incoming, const std::string& outgoing);
    void undo(const std::string& incoming, const std::string& outgoing);
    Result<> sync();

    io::Files& files_;
    std::string path_;
};

}  // namespace varve
