#include "cli/line_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace varve::cli {
namespace {

constexpr std::size_t chunk_bytes = 1 << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

Error cannot(const std::string& what, const std::string& name) {
    const Code code = errno == ENOENT                     ? Code::not_found
                      : errno == EACCES || errno == EPERM ? Code::permission_denied
                                                          : Code::unavailable;
    const char* const next = code == Code::not_found           ? "; check the path"
                             : code == Code::permission_denied ? "; check who may read it"
                                                               : "";
    return {code, "cannot " + what + " " + name + ": " + std::strerror(errno) + next};
}

}  // namespace

bool blank(std::string_view line) {
    return line.find_first_not_of(" \t") == std::string_view::npos;
}

Result<LineReader> LineReader::open(const std::string& path, MayRead may_read) {
    const bool standard_input = path == "-";
    const std::string name = standard_input ? "standard input" : path;
    const int descriptor = standard_input ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return cannot("open", name);
    LineReader reader(descriptor, name, {}, std::move(may_read));
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return cannot("look at", name);
    if (S_ISDIR(status.st_mode))
        return Error{Code::failed_precondition, name + " is a folder: give a file, or - for standard input"};
    if (S_ISREG(status.st_mode)) reader.size_ = static_cast<std::uint64_t>(status.st_size);
    return reader;
}

LineReader::LineReader(int descriptor, std::string name, std::optional<std::uint64_t> size, MayRead may_read)
    : descriptor_(descriptor), name_(std::move(name)), size_(size), may_read_(std::move(may_read)) {}

LineReader::LineReader(LineReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      size_(other.size_),
      may_read_(std::move(other.may_read_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      ended_(other.ended_),
      stopped_(other.stopped_),
      line_(other.line_),
      bytes_(other.bytes_) {}

LineReader::~LineReader() {
    if (descriptor_ > 0) ::close(descriptor_);
}

Result<std::optional<std::string_view>> LineReader::next() {
    std::size_t searched = begin_;
    std::size_t end = buffer_.find('\n', searched);
    while (end == std::string::npos && !ended_) {
        if (buffer_.size() - begin_ > line_bytes_max) {
            ++line_;
            return Error{Code::invalid_argument,
                         place() + ": the line is longer than " + std::to_string(line_bytes_max >> 20) + " MiB"};
        }
        searched = buffer_.size() - begin_;
        const Result<bool> filled = fill();
        if (!filled) return filled.error();
        end = buffer_.find('\n', searched);
    }
    if (end == std::string::npos && (begin_ == buffer_.size() || stopped_)) return std::optional<std::string_view>();
    const bool last = end == std::string::npos;
    std::string_view line = std::string_view(buffer_).substr(begin_, last ? std::string::npos : end - begin_);
    bytes_ += line.size() + (last ? 0 : 1);
    begin_ += line.size() + (last ? 0 : 1);
    ++line_;
    if (line_ == 1 && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::optional(line);
}

/// Moves what is left to the buffer's front and adds a chunk; false at the end.
Result<bool> LineReader::fill() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (may_read_ && !may_read_(descriptor_)) {
        ended_ = stopped_ = true;
        return false;
    }
    const std::size_t held = buffer_.size();
    buffer_.resize(held + std::max(chunk_bytes, held));
    ssize_t got = 0;
    do {
        got = ::read(descriptor_, buffer_.data() + held, buffer_.size() - held);
    } while (got < 0 && errno == EINTR);
    buffer_.resize(held + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0) return cannot("read", name_);
    ended_ = got == 0;
    return !ended_;
}

}  // namespace varve::cli
