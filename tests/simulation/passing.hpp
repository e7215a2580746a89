/// Files and engines that hand every call on: what a planted bug derives from.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/files.hpp"
#include "varve/engine.hpp"

namespace varve::simulation {

class PassingEngine : public Engine {
public:
    explicit PassingEngine(std::shared_ptr<Engine> right) : right_(std::move(right)) {}

    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        return right_->append(std::move(commit), options);
    }
    void append(Commit commit, const AppendOptions& options, Completion done) override {
        right_->append(std::move(commit), options, std::move(done));
    }
    Result<std::optional<Receipt>> find_command(std::string_view command_id) override {
        return right_->find_command(command_id);
    }
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override { return right_->read(selection); }
    Position head() const override { return right_->head(); }
    bool wait_beyond(Position position, Deadline deadline) override { return right_->wait_beyond(position, deadline); }
    void wake_waiters() override { right_->wake_waiters(); }
    Result<Position> position_at(Timestamp time) override { return right_->position_at(time); }
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override {
        return right_->streams(prefix, after, limit);
    }
    Result<std::optional<StreamInfo>> stream(std::string_view name) override { return right_->stream(name); }
    Result<StreamRetention> retention(std::string_view stream) override { return right_->retention(stream); }
    std::optional<Removals> removals() const override { return right_->removals(); }
    Result<StoreInfo> info() override { return right_->info(); }
    Result<CompactReport> compact(const CompactOptions& options) override { return right_->compact(options); }
    bool closed() const override { return right_->closed(); }
    Result<> close() override { return right_->close(); }

private:
    const std::shared_ptr<Engine> right_;
};

class PassingFile : public io::File {
public:
    explicit PassingFile(std::unique_ptr<io::File> right) : right_(std::move(right)) {}

    Result<> write(std::uint64_t offset, std::span<const std::string_view> parts) override {
        return right_->write(offset, parts);
    }
    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override { return right_->read(offset, into); }
    Result<> sync_data() override { return right_->sync_data(); }
    Result<> sync_all() override { return sync_data(); }
    Result<std::uint64_t> size() const override { return right_->size(); }
    Result<> truncate(std::uint64_t size) override { return right_->truncate(size); }
    Result<> lock() override { return right_->lock(); }
    Result<const char*> map(std::uint64_t bytes) override { return right_->map(bytes); }
    void keep_view_only() override { right_->keep_view_only(); }

private:
    const std::unique_ptr<io::File> right_;
};

class PassingFiles : public io::Files {
public:
    explicit PassingFiles(std::shared_ptr<io::Files> right) : right_(std::move(right)) {}

    Result<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override {
        return right_->open(path, mode);
    }
    Result<std::vector<std::string>> list(const io::Path& directory) override { return right_->list(directory); }
    Result<bool> exists(const io::Path& path) override { return right_->exists(path); }
    Result<> rename(const io::Path& from, const io::Path& to) override { return right_->rename(from, to); }
    Result<> link(const io::Path& from, const io::Path& to) override { return right_->link(from, to); }
    Result<> remove(const io::Path& path) override { return right_->remove(path); }
    Result<> create_directories(const io::Path& directory) override { return right_->create_directories(directory); }
    Result<> sync_directory(const io::Path& directory) override { return right_->sync_directory(directory); }
    Result<> set_read_only(const io::Path& path) override { return right_->set_read_only(path); }
    Result<bool> is_read_only(const io::Path& path) override { return right_->is_read_only(path); }
    Result<std::uint64_t> free_bytes(const io::Path& directory) override { return right_->free_bytes(directory); }
    Result<std::unique_ptr<io::FileLock>> lock(const io::Path& path, std::string_view owner) override {
        return right_->lock(path, owner);
    }

private:
    const std::shared_ptr<io::Files> right_;
};

}  // namespace varve::simulation
