/// Files on a disk with faults (io/faulty_disk.hpp says which), all drawn from a seed: a run can be repeated bit by
/// bit. Every call of the Files and File interfaces has a number, and may be the one that fails.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>

#include "io/faulty_disk.hpp"
#include "io/files.hpp"

namespace varve::io {

struct FaultPlan {
    std::uint64_t call = 0;          ///< number of the call that fails, from 1; 0: none
    Code error = Code::unavailable;  ///< what it answers
    bool for_ever = false;           ///< and all calls after it
    /// The call takes effect, but the machine is gone before it answers: all later calls fail without effect.
    /// crash() then shows what the disk kept.
    bool power_cut = false;
};

/// Safe from any thread; deterministic when used from one.
class FaultyFiles final : public Files, public std::enable_shared_from_this<FaultyFiles> {
public:
    explicit FaultyFiles(std::uint64_t seed) : random_(seed) {}

    /// Calls so far, since the last plan().
    [[nodiscard]] std::uint64_t calls() const { return calls_; }
    /// Counts from 1 again.
    void plan(const FaultPlan& plan);
    /// Did the planned fault happen?
    [[nodiscard]] bool happened() const { return plan_.call != 0 && calls_ >= plan_.call; }
    /// Has the sync of a file failed since the last plan()? Then what was not durable before may be lost.
    [[nodiscard]] bool sync_failed() const { return sync_failed_; }
    /// How many bytes all files together hold, and may hold.
    [[nodiscard]] std::uint64_t used_bytes() const;
    void limit_space(std::uint64_t bytes);

    /// The power fails and comes back: open files are dead, the disk shows what it kept. Ends the plan.
    void crash();
    /// The process dies: open files are dead, the disk is as it was. Ends the plan.
    void kill();
    /// Another disk with the same files, for whoever wants to try something on it.
    [[nodiscard]] std::shared_ptr<FaultyFiles> copy(std::uint64_t seed) const;
    /// What a process sees of every file, by path.
    [[nodiscard]] std::map<Path, std::string> contents() const;
    /// Damage, behind everybody's back.
    void flip_bit(const Path& path, std::uint64_t bit);
    /// Other bytes stand there now, on the disk too.
    void replace(const Path& path, std::uint64_t offset, std::string_view bytes);
    /// The file loses its end, or is gone altogether, on the disk too.
    void cut(const Path& path, std::uint64_t size);
    void lose(const Path& path);

    Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
    Result<std::vector<std::string>> list(const Path& directory) override;
    Result<bool> exists(const Path& path) override;
    Result<> rename(const Path& from, const Path& to) override;
    Result<> link(const Path& from, const Path& to) override;
    Result<> remove(const Path& path) override;
    Result<> create_directories(const Path& directory) override;
    Result<> sync_directory(const Path& directory) override;
    Result<> set_read_only(const Path& path) override;
    Result<bool> is_read_only(const Path& path) override;
    Result<std::uint64_t> free_bytes(const Path& directory) override;
    Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) override;

private:
    class Handle;
    class Lock;
    /// What a call finds when it begins: go on, fail now, or take effect and then fail.
    enum class Fate : std::uint8_t { goes_well, fails, fails_afterwards };

    Fate begin_call();
    [[nodiscard]] Error fault(std::string_view operation, const Path& path) const;
    template <class Effect>
    Result<> change(std::string_view operation, const Path& path, Effect&& effect);
    Result<> write(FaultyFile& file, const Path& path, std::uint64_t offset, std::span<const std::string_view> parts);

    mutable std::mutex mutex_;
    std::mt19937_64 random_;
    FaultyDisk disk_;
    FaultPlan plan_;
    std::atomic<std::uint64_t> calls_ = 0;
    bool sync_failed_ = false;
    std::uint64_t space_ = std::uint64_t{1} << 40;
    std::uint64_t life_ = 0;  ///< grows with every crash; a file opened in an earlier life is dead
};

}  // namespace varve::io
