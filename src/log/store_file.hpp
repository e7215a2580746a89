/// The file STORE: who a store is, and how far its log was durable at the last checkpoint
/// (docs/internals/format.md, "STORE"). Two slots of 4096 bytes are written in turn, so that one of them is always
/// whole; the one with the higher generation counts.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "io/files.hpp"
#include "log/block.hpp"
#include "log/segment_header.hpp"
#include "varve/result.hpp"

namespace varve::log {

// Part of the file format, never change.
inline constexpr std::string_view store_name = "STORE";
inline constexpr std::uint64_t store_slot_bytes = 4096;

/// A place in the log that is known to be on stable storage.
struct Checkpoint {
    Head head;
    std::uint64_t commits = 0;      ///< in the whole log up to here
    Position segment;               ///< first position of the segment in which the log ends here
    std::uint64_t segment_end = 0;  ///< and the file offset behind its last frame
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// A store whose history this one goes on from: it was forked from it, or restored from a backup of it.
struct Ancestor {
    StoreId id{};
    Position below;  ///< segments that begin below this, and not below that of the ancestor before, are its files
    Position at;     ///< the histories part here: events below this position are common
    friend bool operator==(const Ancestor&, const Ancestor&) = default;
};

/// No store has more. Part of the file format, never change.
inline constexpr std::size_t ancestors_max = 100;

struct StoreState {
    StoreId id{};
    Timestamp created{};
    std::uint64_t generation = 0;
    bool clean = false;  ///< closed in order: the log ends exactly at the checkpoint
    /// Features of the files that this version does not know; it may still read when only these are set.
    bool read_only_features = false;
    Checkpoint checkpoint;
    std::vector<Ancestor> ancestors = {};  ///< oldest first, at most ancestors_max

    /// Whose id the segment that begins there must carry: this store's, or that of an ancestor whose file it shares.
    [[nodiscard]] const StoreId& owner_of(Position first) const;

    using Bytes = std::array<char, store_slot_bytes>;
    [[nodiscard]] Bytes encode() const;
    /// `data_loss` when the bytes are not a slot, `failed_precondition` when only a newer version may read the store.
    [[nodiscard]] static Result<StoreState> parse(std::string_view bytes);
};

/// The open file. Safe from any thread. Opened for writing it is locked as long as it lives: the file LOCK can be
/// removed under a writer, and a second one would then lock a new file of that name; STORE nobody can do without.
class StoreFile {
public:
    /// Writes a new STORE, durable when this returns.
    static Result<std::unique_ptr<StoreFile>> create(io::Files& files, const io::Path& folder, const StoreState& state);
    /// `not_found` when there is none, `failed_precondition` when another writer has it open.
    static Result<std::unique_ptr<StoreFile>> open(io::Files& files, const io::Path& folder, bool read_only);

    [[nodiscard]] StoreState state() const;
    /// Writes and syncs the next generation. After an error the caller must not write again.
    Result<> write(const Checkpoint& checkpoint, bool clean);

private:
    StoreFile(std::unique_ptr<io::File> file, const StoreState& state) : file_(std::move(file)), state_(state) {}
    Result<> write_slot(const StoreState& state);

    std::unique_ptr<io::File> file_;
    mutable std::mutex mutex_;
    StoreState state_;
};

}  // namespace varve::log
