#include "io/memory_files.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <set>

#include "io/memory_buffer.hpp"

namespace varve::io {
namespace {

struct Node {
    MemoryBuffer bytes;
    std::mutex lock;      ///< guards `locked`
    bool locked = false;  ///< by a FileLock, or a File
    bool read_only = false;
};

Error error_about(Code code, std::string_view operation, const Path& path, std::string_view why) {
    return {.code = code, .message = fmt::format("cannot {} '{}': {}", operation, path.string(), why)};
}

class MemoryFile final : public File {
public:
    MemoryFile(std::shared_ptr<Node> node, Path path, bool writable)
        : node_(std::move(node)), path_(std::move(path)), writable_(writable) {}
    ~MemoryFile() override {
        const std::lock_guard guard(node_->lock);
        if (locking_) node_->locked = false;
    }

    using File::write;
    Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) override {
        if (!writable_) return error_about(Code::unavailable, "write", path_, "it was opened for reading");
        for (const std::string_view part : parts) {
            if (!node_->bytes.write(offset, part)) {
                return error_about(Code::resource_exhausted, "write", path_, "a file in memory cannot be so large");
            }
            offset += part.size();
        }
        return {};
    }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
        return node_->bytes.read(offset, into);
    }
    Result<> sync_data() override { return {}; }
    Result<> sync_all() override { return {}; }
    Result<std::uint64_t> size() const override { return node_->bytes.size(); }
    Result<> truncate(std::uint64_t size) override {
        if (!writable_) return error_about(Code::unavailable, "truncate", path_, "it was opened for reading");
        if (node_->bytes.resize(size)) return {};
        return error_about(Code::resource_exhausted, "truncate", path_, "a file in memory cannot be so large");
    }
    Result<> lock() override {
        const std::lock_guard guard(node_->lock);
        if (node_->locked && !locking_) {
            return error_about(Code::failed_precondition, "lock", path_, "another store holds it");
        }
        node_->locked = true;
        locking_ = true;
        return {};
    }
    Result<const char*> map(std::uint64_t bytes) override {
        if (bytes <= MemoryBuffer::capacity) return node_->bytes.data();
        return error_about(Code::unavailable, "map", path_, "a file in memory cannot be so large");
    }
    void keep_view_only() override {}

private:
    std::shared_ptr<Node> node_;
    Path path_;
    bool writable_;
    bool locking_ = false;
};

class MemoryLock final : public FileLock {
public:
    explicit MemoryLock(std::shared_ptr<Node> node) : node_(std::move(node)) {}
    ~MemoryLock() override {
        const std::lock_guard guard(node_->lock);
        node_->locked = false;
    }

private:
    std::shared_ptr<Node> node_;
};

class MemoryFiles final : public Files {
public:
    Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
        const std::lock_guard guard(mutex_);
        const auto found = nodes_.find(path);
        if (mode == OpenMode::create_new || mode == OpenMode::create_private) {
            if (found != nodes_.end()) return error_about(Code::already_exists, "create", path, "it exists already");
            if (!is_directory(path.parent_path())) {
                return error_about(Code::not_found, "create", path, "its directory does not exist");
            }
            return handle(nodes_.emplace(path, std::make_shared<Node>()).first->second, path, true);
        }
        if (found == nodes_.end()) return error_about(Code::not_found, "open", path, "no such file");
        const bool writable = mode == OpenMode::read_write;
        if (writable && found->second->read_only) {
            return error_about(Code::permission_denied, "open", path, "it is read only");
        }
        return handle(found->second, path, writable);
    }

    Result<std::vector<std::string>> list(const Path& directory) override {
        const std::lock_guard guard(mutex_);
        if (!is_directory(directory)) return error_about(Code::not_found, "list", directory, "no such directory");
        std::set<std::string> names;
        for (const auto& [path, node] : nodes_) {
            if (path.parent_path() == directory) names.insert(path.filename().string());
        }
        for (const Path& path : directories_) {
            if (path.parent_path() == directory && path != directory) names.insert(path.filename().string());
        }
        return std::vector<std::string>(names.begin(), names.end());
    }

    Result<bool> exists(const Path& path) override {
        const std::lock_guard guard(mutex_);
        return nodes_.contains(path) || is_directory(path);
    }

    Result<> rename(const Path& from, const Path& to) override {
        const std::lock_guard guard(mutex_);
        const auto found = nodes_.find(from);
        if (found == nodes_.end()) return error_about(Code::not_found, "rename", from, "no such file");
        auto node = found->second;
        nodes_.erase(found);
        nodes_.insert_or_assign(to, std::move(node));
        return {};
    }

    Result<> link(const Path& from, const Path& to) override {
        const std::lock_guard guard(mutex_);
        const auto found = nodes_.find(from);
        if (found == nodes_.end()) return error_about(Code::not_found, "link", from, "no such file");
        if (!is_directory(to.parent_path())) return error_about(Code::not_found, "link", to, "no such directory");
        const auto node = found->second;
        if (!nodes_.emplace(to, node).second) return error_about(Code::already_exists, "link", to, "it exists already");
        return {};
    }

    Result<> remove(const Path& path) override {
        const std::lock_guard guard(mutex_);
        if (nodes_.erase(path) == 0) return error_about(Code::not_found, "remove", path, "no such file");
        return {};
    }

    Result<> create_directories(const Path& directory) override {
        const std::lock_guard guard(mutex_);
        for (Path path = directory; !path.empty() && !is_directory(path); path = path.parent_path()) {
            directories_.insert(path);
        }
        return {};
    }

    Result<> sync_directory(const Path& directory) override {
        const std::lock_guard guard(mutex_);
        if (is_directory(directory)) return {};
        return error_about(Code::not_found, "sync", directory, "no such directory");
    }

    Result<> set_read_only(const Path& path) override {
        const std::lock_guard guard(mutex_);
        const auto found = nodes_.find(path);
        if (found == nodes_.end()) return error_about(Code::not_found, "protect", path, "no such file");
        found->second->read_only = true;
        return {};
    }

    Result<bool> is_read_only(const Path& path) override {
        const std::lock_guard guard(mutex_);
        const auto found = nodes_.find(path);
        if (found == nodes_.end()) return error_about(Code::not_found, "look at", path, "no such file");
        return found->second->read_only;
    }

    Result<std::uint64_t> free_bytes(const Path&) override { return std::uint64_t{1} << 40; }

    Result<std::unique_ptr<FileLock>> lock(const Path& path, std::string_view owner) override {
        const std::lock_guard guard(mutex_);
        if (!is_directory(path.parent_path())) {
            return error_about(Code::not_found, "lock", path, "its directory does not exist");
        }
        std::shared_ptr<Node>& node = nodes_[path];
        if (!node) node = std::make_shared<Node>();
        const std::lock_guard locking(node->lock);
        if (node->locked) {
            return error_about(Code::failed_precondition, "lock", path,
                               fmt::format("it is held by {}; only one process may write to a store at a time",
                                           std::string_view(node->bytes.data(), node->bytes.size())));
        }
        node->locked = true;
        (void)node->bytes.resize(0);
        (void)node->bytes.write(0, owner);
        return std::unique_ptr<FileLock>(std::make_unique<MemoryLock>(node));
    }

private:
    static Result<std::unique_ptr<File>> handle(std::shared_ptr<Node> node, const Path& path, bool writable) {
        return std::unique_ptr<File>(std::make_unique<MemoryFile>(std::move(node), path, writable));
    }
    /// The working directory and the root are always there.
    [[nodiscard]] bool is_directory(const Path& path) const {
        return path.empty() || path == "/" || path == "." || directories_.contains(path);
    }

    std::mutex mutex_;
    std::map<Path, std::shared_ptr<Node>> nodes_;
    std::set<Path> directories_;
};

}  // namespace

std::unique_ptr<Files> memory_files() {
    return std::make_unique<MemoryFiles>();
}

}  // namespace varve::io
