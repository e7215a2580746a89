/// The log files of dpkg: where they are, and their lines. Plain and gzip files read the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/result.hpp"

namespace packages {

/// One log file, read line by line. Used by one thread.
class LogFile {
public:
    static varve::Result<LogFile> open(const std::filesystem::path& path);

    /// The next complete line without its end; nothing when there is none *yet*: dpkg may still be writing it, and a
    /// later call finds it. `unavailable`: the file cannot be read, e.g. a damaged gzip file.
    varve::Result<std::optional<std::string>> next();

    /// What stands behind the last complete line, taken as a line; nothing when there is nothing. For a log that no
    /// one writes to any more.
    std::optional<std::string> rest();
    /// True when the path leads to another file by now, or to none: logrotate has been here.
    [[nodiscard]] bool moved() const;

    /// The number of the line that was given last, from 1.
    [[nodiscard]] std::uint64_t line() const { return line_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    struct Close {
        void operator()(void* file) const;
    };

    LogFile(std::filesystem::path path, void* file, std::uint64_t node);

    std::filesystem::path path_;
    std::unique_ptr<void, Close> file_;
    std::uint64_t node_;  ///< its inode
    std::string rest_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 0;
};

/// A log file, known by what stands in it: logrotate renames and compresses files, their first line stays.
struct FoundLog {
    std::filesystem::path path;
    std::string id;          ///< e.g. `20250624-143625-9c1f`: time and digest of its first line
    std::string first_line;  //
    std::uint64_t lines = 0;

    friend bool operator==(const FoundLog&, const FoundLog&) = default;
};

/// `log` and what logrotate made of it (`log.1`, `log.2.gz`, `log-20250601.gz`), the oldest first. Files without a
/// line are left out; two copies of one log count once. An empty answer is no error: this machine has no history.
/// `permission_denied`, `unavailable`: a file is there and cannot be read.
varve::Result<std::vector<FoundLog>> find_logs(const std::filesystem::path& log);

/// The identity of a log that begins with this line.
[[nodiscard]] std::string log_id(std::string_view first_line);

}  // namespace packages
