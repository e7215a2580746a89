/// The files of a read model that is rebuilt in the same class: `balances.db`, and beside it `balances.db.next` while it is
/// built, `balances.db.previous` after the cut-over; of a partition, the same for each of `balances.db.0`, `balances.db.1`, ...
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "varve/result.hpp"

namespace varve {

/// `balances.db`; of several partitions `balances.db.0`, ...
[[nodiscard]] std::vector<std::string> partition_files(const std::string& path, unsigned partitions);

/// A database and what SQLite keeps beside it.
Result<> remove_database(io::Files& files, const std::string& path);

/// Renames files that nobody has open. Where the power may fail between two steps, it shows at the next start, and `settle`
/// puts the one in charge, everywhere, that was so before the rebuild.
///
/// With one file the name in charge is missing then, while both others are there. Several are exchanged one after the other,
/// while a file `balances.db.exchange` is there: its removal is the moment at which the exchange has happened.
class RebuildFiles {
public:
    static constexpr const char* next_suffix = ".next";
    static constexpr const char* previous_suffix = ".previous";

    /// `files` outlives it.
    RebuildFiles(io::Files& files, const std::string& path, unsigned partitions = 1)
        : files_(files), paths_(partition_files(path, partitions)), marker_(path + ".exchange") {}

    enum class Way : std::uint8_t { swap, swap_back };

    /// The names of those in charge.
    [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

    /// Before the files are opened at a start.
    Result<> settle();
    /// The next ones are in charge, durably, the others the previous. After an error nothing has changed.
    Result<> swap() { return exchange(next_suffix, previous_suffix); }
    /// The previous ones are in charge, durably, the others the next.
    Result<> swap_back() { return exchange(previous_suffix, next_suffix); }

private:
    /// What the name in charge comes from, and what the one that has it goes to.
    Result<> exchange(const std::string& incoming, const std::string& outgoing);
    Result<> exchange_one(const std::string& path, const std::string& incoming, const std::string& outgoing);
    void undo_one(const std::string& path, const std::string& incoming, const std::string& outgoing);
    Result<> settle_one(const std::string& path, bool interrupted);
    Result<> set_marker();
    Result<> remove_marker();
    Result<> rename(const std::string& from, const std::string& to);

    io::Files& files_;
    std::vector<std::string> paths_;
    std::string marker_;
};

}  // namespace varve
