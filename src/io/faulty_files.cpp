#include "io/faulty_files.hpp"

#include <fmt/format.h>

#include <utility>

namespace varve::io {
namespace {

constexpr std::string_view disk_fails = "the disk of this test fails here";

Error error_about(Code code, std::string_view operation, const Path& path, std::string_view why) {
    return {.code = code, .message = fmt::format("cannot {} '{}': {}", operation, path.string(), why)};
}

}  // namespace

class FaultyFiles::Handle final : public File {
public:
    Handle(std::shared_ptr<FaultyFiles> files, std::shared_ptr<FaultyFile> file, Path path, bool writable)
        : files_(std::move(files)),
          file_(std::move(file)),
          path_(std::move(path)),
          writable_(writable),
          life_(files_->life_),
          failures_seen_(file_->failures()) {}
    ~Handle() override {
        const std::lock_guard guard(files_->mutex_);
        if (locking_ && !dead()) file_->locked = false;
    }

    using File::write;
    Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) override {
        const std::lock_guard guard(files_->mutex_);
        if (dead() || !writable_) return gone("write");
        return files_->write(*file_, path_, offset, parts);
    }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
        const std::lock_guard guard(files_->mutex_);
        if (dead()) return gone("read");
        if (files_->begin_call() != Fate::goes_well) return files_->fault("read", path_);
        return file_->cached().read(offset, into);
    }
    Result<> sync_data() override {
        const std::lock_guard guard(files_->mutex_);
        if (dead()) return gone("sync");
        // A sync that a power cut interrupts may have written any part; crash() draws it.
        const Fate fate = files_->begin_call();
        if (fate == Fate::fails && !files_->plan_.power_cut) {
            file_->fail_sync(files_->random_);
            files_->sync_failed_ = true;
        }
        const bool failed_before = std::exchange(failures_seen_, file_->failures()) != file_->failures();
        if (fate != Fate::goes_well) return error_about(Code::unavailable, "sync", path_, disk_fails);
        file_->sync();
        if (failed_before) return error_about(Code::unavailable, "sync", path_, "a sync of it has failed elsewhere");
        return {};
    }
    Result<> sync_all() override { return sync_data(); }
    Result<std::uint64_t> size() const override {
        const std::lock_guard guard(files_->mutex_);
        if (dead()) return gone("look at");
        if (files_->begin_call() != Fate::goes_well) return files_->fault("look at", path_);
        return file_->cached().size();
    }
    Result<> truncate(std::uint64_t size) override {
        const std::lock_guard guard(files_->mutex_);
        if (dead() || !writable_) return gone("truncate");
        return files_->change("truncate", path_, [&] { return file_->resize(size); });
    }
    Result<> lock() override {
        const std::lock_guard guard(files_->mutex_);
        if (dead()) return gone("lock");
        if (files_->begin_call() != Fate::goes_well) return files_->fault("lock", path_);
        if (file_->locked && !locking_) {
            return error_about(Code::failed_precondition, "lock", path_, "another store or process holds it");
        }
        file_->locked = true;
        locking_ = true;
        return {};
    }
    Result<const char*> map(std::uint64_t) override {
        const std::lock_guard guard(files_->mutex_);
        if (dead()) return gone("map");
        if (files_->begin_call() != Fate::goes_well) return files_->fault("map", path_);
        return file_->cached().data();
    }
    void keep_view_only() override {}

private:
    [[nodiscard]] bool dead() const { return life_ != files_->life_; }
    [[nodiscard]] Error gone(std::string_view operation) const {
        return error_about(Code::unavailable, operation, path_, "it was opened before the crash, or only for reading");
    }

    std::shared_ptr<FaultyFiles> files_;
    std::shared_ptr<FaultyFile> file_;
    Path path_;
    bool writable_;
    std::uint64_t life_;
    std::uint64_t failures_seen_;
    bool locking_ = false;
};

class FaultyFiles::Lock final : public FileLock {
public:
    Lock(std::shared_ptr<FaultyFiles> files, std::shared_ptr<FaultyFile> file)
        : files_(std::move(files)), file_(std::move(file)), life_(files_->life_) {}
    ~Lock() override {
        const std::lock_guard guard(files_->mutex_);
        if (life_ == files_->life_) file_->locked = false;
    }

private:
    std::shared_ptr<FaultyFiles> files_;
    std::shared_ptr<FaultyFile> file_;
    std::uint64_t life_;
};

void FaultyFiles::plan(const FaultPlan& plan) {
    const std::lock_guard guard(mutex_);
    plan_ = plan;
    calls_ = 0;
    sync_failed_ = false;
}

void FaultyFiles::limit_space(std::uint64_t bytes) {
    const std::lock_guard guard(mutex_);
    space_ = bytes;
}

void FaultyFiles::crash() {
    const std::lock_guard guard(mutex_);
    disk_.crash(random_);
    ++life_;
    plan_ = {};
}

void FaultyFiles::kill() {
    const std::lock_guard guard(mutex_);
    for (const auto& [path, file] : disk_.entries()) file->locked = false;
    ++life_;
    plan_ = {};
}

void FaultyFiles::flip_bit(const Path& path, std::uint64_t bit) {
    const std::lock_guard guard(mutex_);
    disk_.find(path)->flip(bit);
}

void FaultyFiles::replace(const Path& path, std::uint64_t offset, std::string_view bytes) {
    const std::lock_guard guard(mutex_);
    const auto file = disk_.find(path);
    (void)file->write(offset, bytes);
    file->sync();
}

void FaultyFiles::cut(const Path& path, std::uint64_t size) {
    const std::lock_guard guard(mutex_);
    const auto file = disk_.find(path);
    (void)file->resize(size);
    file->sync();
}

void FaultyFiles::lose(const Path& path) {
    const std::lock_guard guard(mutex_);
    disk_.remove(path);
    disk_.sync_directory(path.parent_path());
}

std::uint64_t FaultyFiles::used_bytes() const {
    const std::lock_guard guard(mutex_);
    return disk_.used_bytes();
}

std::shared_ptr<FaultyFiles> FaultyFiles::copy(std::uint64_t seed) const {
    auto other = std::make_shared<FaultyFiles>(seed);
    const std::lock_guard guard(mutex_);
    other->disk_ = disk_.copy();
    return other;
}

std::map<Path, std::string> FaultyFiles::contents() const {
    const std::lock_guard guard(mutex_);
    std::map<Path, std::string> all;
    for (const auto& [path, file] : disk_.entries()) {
        all.emplace(path, std::string(file->cached().data(), file->cached().size()));
    }
    return all;
}

FaultyFiles::Fate FaultyFiles::begin_call() {
    const std::uint64_t call = ++calls_;
    if (plan_.call == 0 || call < plan_.call) return Fate::goes_well;
    if (call == plan_.call) return plan_.power_cut ? Fate::fails_afterwards : Fate::fails;
    return plan_.for_ever || plan_.power_cut ? Fate::fails : Fate::goes_well;
}

Error FaultyFiles::fault(std::string_view operation, const Path& path) const {
    return error_about(plan_.error, operation, path, disk_fails);
}

/// Takes effect when its fate allows it. After the power is cut nothing has an effect any more.
template <class Effect>
Result<> FaultyFiles::change(std::string_view operation, const Path& path, Effect&& effect) {
    const Fate fate = begin_call();
    if (fate == Fate::fails) return fault(operation, path);
    if (!effect()) return error_about(Code::resource_exhausted, operation, path, "no space left on this test's disk");
    if (fate == Fate::fails_afterwards) return fault(operation, path);
    return {};
}

Result<> FaultyFiles::write(FaultyFile& file, const Path& path, std::uint64_t offset,
                            std::span<const std::string_view> parts) {
    std::string bytes;
    for (const std::string_view part : parts) bytes += part;
    const Fate fate = begin_call();
    const bool after_power_cut = fate == Fate::fails && plan_.power_cut;
    if (after_power_cut) return fault("write", path);
    if (fate == Fate::fails) {
        // An unknown part of it was written.
        (void)file.write(offset, std::string_view(bytes).substr(0, random_() % (bytes.size() + 1)));
        return fault("write", path);
    }
    const std::uint64_t size = file.cached().size();
    const std::uint64_t used = disk_.used_bytes();
    const std::uint64_t room = size + (space_ > used ? space_ - used : 0);
    if (offset + bytes.size() > std::max(size, room)) {
        if (room > offset) (void)file.write(offset, std::string_view(bytes).substr(0, room - offset));
        return error_about(Code::resource_exhausted, "write", path, "no space left on this test's disk");
    }
    if (!file.write(offset, bytes)) return error_about(Code::unavailable, "write", path, "the file would be too large");
    if (fate == Fate::fails_afterwards) return fault("write", path);
    return {};
}

Result<std::unique_ptr<File>> FaultyFiles::open(const Path& path, OpenMode mode) {
    const std::lock_guard guard(mutex_);
    const Fate fate = begin_call();
    if (fate == Fate::fails) return fault("open", path);
    std::shared_ptr<FaultyFile> file = disk_.find(path);
    if (mode == OpenMode::create_new || mode == OpenMode::create_private) {
        if (file) return error_about(Code::already_exists, "create", path, "it exists already");
        if (!disk_.is_directory(path.parent_path()))
            return error_about(Code::not_found, "create", path, "no such directory");
        file = disk_.create(path);
    }
    if (!file) return error_about(Code::not_found, "open", path, "no such file");
    if (mode == OpenMode::read_write && file->read_only) {
        return error_about(Code::permission_denied, "open", path, "it is read only");
    }
    if (fate == Fate::fails_afterwards) return fault("open", path);
    return std::unique_ptr<File>(std::make_unique<Handle>(shared_from_this(), file, path, mode != OpenMode::read));
}

Result<std::vector<std::string>> FaultyFiles::list(const Path& directory) {
    const std::lock_guard guard(mutex_);
    if (begin_call() != Fate::goes_well) return fault("list", directory);
    if (!disk_.is_directory(directory)) return error_about(Code::not_found, "list", directory, "no such directory");
    std::set<std::string> names;
    for (const auto& [path, file] : disk_.entries()) {
        if (path.parent_path() == directory) names.insert(path.filename().string());
    }
    for (const Path& path : disk_.directories()) {
        if (path.parent_path() == directory && path != directory) names.insert(path.filename().string());
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<bool> FaultyFiles::exists(const Path& path) {
    const std::lock_guard guard(mutex_);
    if (begin_call() != Fate::goes_well) return fault("look at", path);
    return disk_.find(path) != nullptr || disk_.is_directory(path);
}

Result<> FaultyFiles::rename(const Path& from, const Path& to) {
    const std::lock_guard guard(mutex_);
    if (!disk_.find(from)) return error_about(Code::not_found, "rename", from, "no such file");
    return change("rename", from, [&] {
        disk_.rename(from, to);
        return true;
    });
}

Result<> FaultyFiles::link(const Path& from, const Path& to) {
    const std::lock_guard guard(mutex_);
    if (!disk_.find(from)) return error_about(Code::not_found, "link", from, "no such file");
    if (!disk_.is_directory(to.parent_path())) return error_about(Code::not_found, "link", to, "no such directory");
    if (disk_.find(to)) return error_about(Code::already_exists, "link", to, "it exists already");
    return change("link", from, [&] {
        disk_.link(from, to);
        return true;
    });
}

Result<> FaultyFiles::remove(const Path& path) {
    const std::lock_guard guard(mutex_);
    if (!disk_.find(path)) return error_about(Code::not_found, "remove", path, "no such file");
    return change("remove", path, [&] {
        disk_.remove(path);
        return true;
    });
}

Result<> FaultyFiles::create_directories(const Path& directory) {
    const std::lock_guard guard(mutex_);
    return change("create", directory, [&] {
        disk_.create_directories(directory);
        return true;
    });
}

Result<> FaultyFiles::sync_directory(const Path& directory) {
    const std::lock_guard guard(mutex_);
    if (begin_call() != Fate::goes_well) return fault("sync", directory);
    disk_.sync_directory(directory);
    return {};
}

Result<> FaultyFiles::set_read_only(const Path& path) {
    const std::lock_guard guard(mutex_);
    const auto file = disk_.find(path);
    if (!file) return error_about(Code::not_found, "protect", path, "no such file");
    return change("protect", path, [&] {
        file->read_only = true;
        return true;
    });
}

Result<bool> FaultyFiles::is_read_only(const Path& path) {
    const std::lock_guard guard(mutex_);
    if (begin_call() != Fate::goes_well) return fault("look at", path);
    const auto file = disk_.find(path);
    if (!file) return error_about(Code::not_found, "look at", path, "no such file");
    return file->read_only;
}

Result<std::uint64_t> FaultyFiles::free_bytes(const Path& directory) {
    const std::lock_guard guard(mutex_);
    if (begin_call() != Fate::goes_well) return fault("look at the free space of", directory);
    const std::uint64_t used = disk_.used_bytes();
    return space_ > used ? space_ - used : 0;
}

Result<std::unique_ptr<FileLock>> FaultyFiles::lock(const Path& path, std::string_view owner) {
    const std::lock_guard guard(mutex_);
    if (begin_call() != Fate::goes_well) return fault("lock", path);
    auto file = disk_.find(path);
    if (!file) file = disk_.create(path);
    if (file->locked) {
        return error_about(Code::failed_precondition, "lock", path, "it is held by another process");
    }
    file->locked = true;
    (void)file->resize(0);
    (void)file->write(0, owner);
    return std::unique_ptr<FileLock>(std::make_unique<Lock>(shared_from_this(), file));
}

}  // namespace varve::io
