#include "packages/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>

#include "packages/commands.hpp"

namespace packages {
namespace {

constexpr std::size_t chunk_bytes = 64 << 10;

gzFile handle(void* file) {
    return static_cast<gzFile>(file);
}

/// FNV-1a, folded to 16 bits: beside a time, enough to tell two logs apart that begin in the same second.
std::uint64_t digest(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    hash ^= hash >> 32;
    return (hash ^ (hash >> 16)) & 0xffffU;
}

/// Is `name` the log `log` itself or one of its rotated copies?
bool rotated(std::string_view name, std::string_view log) {
    if (!name.starts_with(log)) return false;
    name.remove_prefix(log.size());
    if (name.ends_with(".gz")) name.remove_suffix(3);
    if (name.empty()) return true;
    return (name[0] == '.' || name[0] == '-') && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

varve::Result<std::optional<FoundLog>> look_into(const std::filesystem::path& path) {
    auto file = LogFile::open(path);
    if (!file) return std::move(file).error();
    FoundLog found{.path = path, .id = {}, .first_line = {}};
    while (true) {
        auto line = file->next();
        if (!line) return std::move(line).error();
        if (!*line) break;
        if (file->line() == 1) found.first_line = legible(**line);
    }
    found.lines = file->line();
    if (found.lines == 0) return std::optional<FoundLog>();
    found.id = log_id(found.first_line);
    return std::optional(std::move(found));
}

}  // namespace

LogFile::LogFile(std::filesystem::path path, void* file, std::uint64_t node)
    : path_(std::move(path)), file_(file), node_(node) {}

void LogFile::Close::operator()(void* file) const {
    gzclose(handle(file));
}

varve::Result<LogFile> LogFile::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (struct stat about{}; descriptor >= 0 && fstat(descriptor, &about) == 0) {
        if (gzFile file = gzdopen(descriptor, "rb")) return LogFile(path, file, about.st_ino);
    }
    if (descriptor >= 0) close(descriptor);
    const auto code = errno == EACCES   ? varve::Code::permission_denied
                      : errno == ENOENT ? varve::Code::not_found
                                        : varve::Code::unavailable;
    return varve::Error{code, path.string() + " cannot be opened: " + std::generic_category().message(errno) +
                                  "; check who may read it, or give another log with --log"};
}

varve::Result<std::optional<std::string>> LogFile::next() {
    while (true) {
        if (const std::size_t end = rest_.find('\n', at_); end != std::string::npos) {
            std::string line = rest_.substr(at_, end - at_);
            at_ = end + 1;
            ++line_;
            if (line.ends_with('\r')) line.pop_back();
            return std::optional(std::move(line));
        }
        rest_.erase(0, at_);
        at_ = 0;
        std::array<char, chunk_bytes> chunk;
        gzclearerr(handle(file_.get()));  // forgets an earlier end of file: the log may have grown
        const int count = gzread(handle(file_.get()), chunk.data(), chunk.size());
        int status = Z_OK;
        const char* message = gzerror(handle(file_.get()), &status);
        if (count < 0 || (status != Z_OK && status != Z_STREAM_END)) {
            return varve::Error{varve::Code::unavailable,
                                path_.string() + " cannot be read after line " + std::to_string(line_) + ": " +
                                    (status == Z_ERRNO ? std::generic_category().message(errno) : message)};
        }
        if (count == 0) return std::optional<std::string>();
        rest_.append(chunk.data(), static_cast<std::size_t>(count));
    }
}

std::optional<std::string> LogFile::rest() {
    if (at_ == rest_.size()) return std::nullopt;
    std::string line = rest_.substr(at_);
    at_ = rest_.size();
    ++line_;
    return line;
}

bool LogFile::moved() const {
    struct stat about{};
    return stat(path_.c_str(), &about) != 0 || about.st_ino != node_;
}

varve::Result<std::vector<FoundLog>> find_logs(const std::filesystem::path& log) {
    std::map<std::string, FoundLog> by_id;  // an id begins with the time, so the oldest comes first
    std::error_code failed;
    const std::filesystem::path folder = log.has_parent_path() ? log.parent_path() : ".";
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (!rotated(entry.path().filename().string(), log.filename().string())) continue;
        auto found = look_into(entry.path());
        if (!found) return std::move(found).error();
        if (!*found) continue;
        FoundLog& kept = by_id[(*found)->id];
        if (kept.lines < (*found)->lines) kept = **std::move(found);
    }
    if (failed && failed != std::errc::no_such_file_or_directory) {
        return varve::Error{varve::Code::permission_denied, folder.string() + " cannot be listed: " + failed.message() +
                                                                "; check the folder, or give another log with --log"};
    }
    std::vector<FoundLog> logs;
    for (auto& [id, found] : by_id) logs.push_back(std::move(found));
    return logs;
}

std::string log_id(std::string_view first_line) {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string id;
    for (const char c : time_of(first_line)) {
        if (c >= '0' && c <= '9') id += c;
        if (c == ' ') id += '-';
    }
    if (id.empty()) id = "undated";
    id += '-';
    for (int shift = 12; shift >= 0; shift -= 4) id += hex[(digest(first_line) >> shift) & 15U];
    return id;
}

}  // namespace packages
