#include "cli/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

namespace varve::cli {
namespace {

Error cannot(const std::string& what, const std::string& path) {
    const Code code = errno == ENOENT                      ? Code::not_found
                      : errno == EACCES || errno == EROFS  ? Code::permission_denied
                      : errno == ENOSPC || errno == EDQUOT ? Code::resource_exhausted
                                                           : Code::unavailable;
    const char* const next = code == Code::not_found            ? "; make its folder first"
                             : code == Code::permission_denied  ? "; check who may write there, or choose another place"
                             : code == Code::resource_exhausted ? "; make room, or choose another place"
                                                                : "";
    return {code, "cannot " + what + " " + path + ": " + std::strerror(errno) + next};
}

Error taken(const std::string& path) {
    return {Code::already_exists, path + " exists already: choose another name, or say --force to replace it"};
}

/// The store that the file would lie in, so that it might take the place of one of its files; nothing when in none.
std::optional<std::string> store_around(const std::string& path) {
    std::error_code ignored;
    std::filesystem::path folder = std::filesystem::weakly_canonical(path, ignored).parent_path();
    for (int levels = 0; levels < 2 && !folder.empty(); ++levels, folder = folder.parent_path()) {
        if (std::filesystem::is_regular_file(folder / "STORE", ignored)) return folder.string();
    }
    return {};
}

/// A new name is durable when its folder is.
Result<> sync_folder_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    const std::string folder = parent.empty() ? "." : parent;
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return cannot("open", folder);
    const bool synced = ::fsync(descriptor) == 0;
    const Result<> result = synced ? Result<>() : Result<>(cannot("sync", folder));
    ::close(descriptor);
    return result;
}

}  // namespace

Result<NewFile> NewFile::create(const std::string& path, bool replace) {
    if (const auto store = store_around(path)) {
        return Error{Code::failed_precondition, path + " would lie inside the store " + *store +
                                                    ", where only the store writes: choose another place"};
    }
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0) {
        if (!S_ISREG(status.st_mode)) {
            return Error{Code::failed_precondition,
                         path + " is no regular file: give the name of a file, or - for standard output"};
        }
        if (!replace) return taken(path);
    }
    const std::string partial = path + ".partial";
    const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return cannot("create", partial);
    return NewFile(path, replace, descriptor);
}

NewFile::NewFile(std::string path, bool replace, int descriptor)
    : path_(std::move(path)), partial_(path_ + ".partial"), replace_(replace), descriptor_(descriptor) {}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      partial_(std::move(other.partial_)),
      replace_(other.replace_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

NewFile::~NewFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(partial_.c_str());
}

Result<> NewFile::complete() {
    if (::fsync(descriptor_) != 0) return cannot("sync", partial_);
    // Somebody else may have taken the name while we wrote.
    const unsigned how = replace_ ? 0 : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, path_.c_str(), how) != 0) {
        if (errno == EEXIST) return taken(path_);
        return cannot("rename " + partial_ + " to", path_);
    }
    ::close(std::exchange(descriptor_, -1));
    return sync_folder_of(path_);
}

}  // namespace varve::cli
