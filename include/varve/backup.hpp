/// Copies of a store: backups of a running one, stores made from them again, and forks that share what never changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "varve/export.hpp"
#include "varve/operations.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

struct BackupOptions {
    /// Share sealed segments with the store by hard links where the file system can (otherwise they are copied as ever).
    /// Quick and small, but the same bytes on the same disk: no help when that disk is damaged.
    bool link = false;
    /// Read every byte that is kept from earlier, too, and copy again what is damaged: disks forget. (Otherwise a kept
    /// file counts when it is there with its size.)
    bool check = false;
    Watch watch = {};
};

struct BackupReport {
    std::uint64_t segments = 0;  ///< in the backup now
    std::uint64_t copied = 0;    ///< of these, copied and checked just now
    std::uint64_t linked = 0;    ///< of these, linked and checked just now
    std::uint64_t kept = 0;      ///< of these, already there from earlier
    std::uint64_t replaced = 0;  ///< of the copied or linked, in the place of files that had become damaged
    std::uint64_t bytes_copied = 0;
    std::uint64_t bytes = 0;  ///< of the whole backup
    std::uint64_t events = 0;
    std::string digest;  ///< of the history that the backup holds, see VerifyOptions::expect
};

/// Brings the backup in `target` (a new or empty folder, or an earlier backup of the same store) up to what is committed
/// now. May run beside a writer, which does not notice. Only what is new is copied; every copy is read again and all its
/// checksums are compared before it counts. The backup is what it was before until this answers, and all of the new then:
/// a call that is killed or fails in between leaves the earlier backup valid (or none, when there was none), and the
/// next one goes on where it ended. The index is not copied. What is kept from earlier is read again only with
/// BackupOptions::check; `verify` reads all of it.
///
/// A backup is no store that can be opened, so that nobody can write to it by mistake: `restore` makes one; `verify`
/// reads it.
/// Errors: `data_loss` (the store is damaged: segment and offset are named), `failed_precondition` (`target` holds
/// something else, another store's backup, or events that the store does not have; or lies inside the store),
/// `resource_exhausted` (make room, then repeat), `cancelled`, `not_found`, `permission_denied`.
[[nodiscard]] VARVE_API Result<BackupReport> backup(const std::string& folder, const std::string& target,
                                                    const BackupOptions& options = {});

/// Where the history of a copy ends: everything when neither is given; at most one of the two.
struct Until {
    /// The events below this position, which must be a place between two commits (`invalid_argument` names the two
    /// nearest ones otherwise: half a commit is no history) and not beyond the end (`out_of_range`).
    std::optional<Position> position = {};
    /// What was committed at or before this moment.
    std::optional<Timestamp> time = {};
};

struct CopyReport {
    std::string id;      ///< the new store's own UUID
    std::string origin;  ///< UUID of the store that its history comes from
    std::uint64_t segments = 0;
    std::uint64_t shared = 0;  ///< of these, by hard links
    std::uint64_t bytes_copied = 0;
    std::uint64_t events = 0;
    std::string digest;  ///< of the new store's history
};

/// Makes a store of the backup in `folder`, with the history up to `until`, in `target`: a new or empty folder, or one in
/// which the same restore was interrupted (it goes on there). Everything is checked on the way. The new store has an
/// id of its own in every file, so that no segment of the old store can ever be taken for one of its; its writer begins
/// a new epoch. Until this answers, `target` is no store that could be opened.
/// Errors: `data_loss` (the backup is damaged), `failed_precondition` (`folder` is no whole backup; `target` is not
/// empty, or lies inside the backup), `out_of_range`, `invalid_argument` (see Until), `resource_exhausted`,
/// `cancelled`, `not_found`, `permission_denied`.
[[nodiscard]] VARVE_API Result<CopyReport> restore(const std::string& folder, const std::string& target,
                                                   const Until& until = {}, const Watch& watch = {});

/// Makes a second, writable store in `target` (a new or empty folder on the same file system) that has the history of
/// the store in `folder` up to `until`, and goes its own way from there. Sealed segments are shared by hard links and
/// never change: writing to one store is never seen in the other, deleting one takes nothing from the other. The cost
/// is a link for each segment and the copy of at most two, whatever the store's size; the index is built when the
/// fork is first opened. May run beside a writer. Nothing is read but what is copied: `verify` checks the rest.
/// Until this answers, `target` is no store that could be opened; a fork that was interrupted is begun anew.
/// Errors: as `restore`, and `failed_precondition` when the file system cannot link: make a backup and restore it.
[[nodiscard]] VARVE_API Result<CopyReport> fork(const std::string& folder, const std::string& target,
                                                const Until& until = {}, const Watch& watch = {});

}  // namespace varve
