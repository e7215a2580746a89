#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <utility>

#include "model/guard.hpp"
#include "model/sqlite_model.hpp"

namespace varve {

namespace {

/// New answers wait for at most so long while one that is under way does not end, then go on for a while.
constexpr std::chrono::milliseconds longest_stall{20};
constexpr std::chrono::milliseconds between_attempts{100};

}  // namespace

std::string SqliteModel::place() const {
    const std::lock_guard lock(mutex_);
    return path_;
}

Result<> SqliteModel::leave(Deadline deadline) {
    {
        std::unique_lock lock(mutex_);
        while (!drain(lock)) {
            if (std::chrono::steady_clock::now() >= deadline) {
                return Error{.code = Code::deadline_exceeded,
                             .message = fmt::format("an answer from SQLite file '{}' did not end in time", path_)};
            }
            changed_.wait_for(lock, between_attempts);
        }
        idle_.clear();
    }
    close_writer();
    // The last connection to a file removes its log.
    std::error_code unknown;
    if (!std::filesystem::exists(place() + "-wal", unknown)) return {};
    Result<> back = arrive(place());
    if (!back.ok()) return back;
    return Error{.code = Code::unavailable,
                 .message = fmt::format("another process has SQLite file '{}' open; end it, and try again", place())};
}

void SqliteModel::close_writer() {
    standing_.reset();
    if (outbox_) outbox_->leave();
    writer_.reset();
}

bool SqliteModel::drain(std::unique_lock<std::mutex>& lock) {
    leaving_ = true;
    if (changed_.wait_for(lock, longest_stall, [&] { return lent_ == 0; })) return true;
    leaving_ = false;
    changed_.notify_all();
    return false;
}

Result<> SqliteModel::retire(Deadline deadline) {
    {
        std::unique_lock lock(mutex_);
        retired_ = true;
        idle_.clear();
        if (!changed_.wait_until(lock, deadline, [&] { return lent_ == 0; })) {
            return Error{.code = Code::deadline_exceeded,
                         .message = fmt::format("an answer from SQLite file '{}' did not end in time; the file is left "
                                                "there, delete it when nobody reads it any more",
                                                path_)};
        }
    }
    close_writer();
    if (outbox_) outbox_->give_up();
    return {};
}

Result<> SqliteModel::arrive(const std::string& path) {
    {
        const std::lock_guard lock(mutex_);
        path_ = path;
    }
    Result<> opened = guarded_with_tables(
        [&]() -> Result<> {
            open_writer(written_);
            return {};
        },
        [] { return std::string("opening the file again"); });
    if (!opened.ok()) {
        close_writer();
        if (outbox_) outbox_->give_up();
    }
    {
        const std::lock_guard lock(mutex_);
        leaving_ = false;
    }
    changed_.notify_all();
    return opened;
}

}  // namespace varve
