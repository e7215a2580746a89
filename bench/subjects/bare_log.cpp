// The room: what a log could do here if it checked nothing. Records one after the other in a recycled file, an
// offset a position, a list of positions a stream; callers that wait during a sync are written and synced together
// by the first of them. No checksums, no frames, no conditions, no recovery: an upper bound, not a product.
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "disk/recycled_file.hpp"
#include "subjects/record.hpp"
#include "subjects/subject.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t file_bytes = std::uint64_t{1} << 30;

struct Index {
    struct Hashed {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::vector<std::uint64_t> offsets;
    std::unordered_map<std::string, std::vector<std::uint32_t>, Hashed, std::equal_to<>> streams;

    void add(std::string_view stream, std::uint64_t offset) {
        auto found = streams.find(stream);
        if (found == streams.end()) found = streams.emplace(stream, 0).first;
        found->second.push_back(static_cast<std::uint32_t>(offsets.size()));
        offsets.push_back(offset);
    }
};

class BareReader : public Reader {
public:
    BareReader(const char* bytes, const Index& index) : bytes_(bytes), index_(&index) {}

    Result<> stream(std::string_view name, Visitor& visitor) override {
        const auto found = index_->streams.find(name);
        if (found == index_->streams.end()) return {};
        for (const std::uint32_t position : found->second) visit(position, visitor);
        return {};
    }
    Result<> last(std::string_view name, Visitor& visitor) override {
        const auto found = index_->streams.find(name);
        if (found != index_->streams.end()) visit(found->second.back(), visitor);
        return {};
    }
    Result<> replay(Visitor& visitor) override {
        for (std::size_t position = 0; position < index_->offsets.size(); ++position) visit(position, visitor);
        return {};
    }

private:
    void visit(std::size_t position, Visitor& visitor) {
        const std::uint64_t offset = index_->offsets[position];
        visitor.event(decode_record({bytes_ + offset, file_bytes - offset}).seen);
    }

    const char* bytes_;
    const Index* index_;
};

class BareLog : public Subject {
public:
    explicit BareLog(const Path& scratch) : path_(scratch / "bare.log") {}

    Result<> create(const Path&, Durability mode) override {
        index_ = {};
        end_ = written_ = 0;
        return open({}, mode);
    }

    Result<> open(const Path&, Durability mode) override {
        sync_ = mode == Durability::durable;
        auto file = RecycledFile::open(path_, file_bytes);
        if (!file) return std::move(file).error();
        file_ = std::move(*file);
        return {};
    }

    Result<> append(std::span<const Sample> events) override {
        thread_local std::string records;
        thread_local std::vector<std::size_t> sizes;
        records.clear();
        sizes.clear();
        for (const Sample& event : events) sizes.push_back(append_record(event, records));

        std::unique_lock lock(mutex_);
        if (end_ + records.size() > file_bytes) return Error{Code::resource_exhausted, "the bare log's file is full"};
        for (std::size_t i = 0; i < events.size(); ++i) {
            index_.add(events[i].stream, end_);
            end_ += sizes[i];
        }
        waiting_ += records;
        return wait_until_written(end_, lock);
    }

    Result<std::unique_ptr<Reader>> reader() override {
        return std::unique_ptr<Reader>(std::make_unique<BareReader>(file_->map(), index_));
    }

    Result<> close() override {
        if (!file_) return {};
        auto worked = file_->sync();
        file_.reset();
        return worked;
    }

private:
    Result<> wait_until_written(std::uint64_t mine, std::unique_lock<std::mutex>& lock) {
        changed_.wait(lock, [&] { return written_ >= mine || !writing_; });
        if (written_ >= mine) return {};
        writing_ = true;
        std::swap(waiting_, group_);
        waiting_.clear();
        const std::uint64_t start = written_, stop = end_;
        lock.unlock();
        auto worked = file_->write(start, group_);
        if (worked && sync_) worked = file_->sync();
        lock.lock();
        writing_ = false;
        if (worked) written_ = stop;
        changed_.notify_all();
        return worked;
    }

    Path path_;
    bool sync_ = true;
    std::unique_ptr<RecycledFile> file_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Index index_;
    std::string waiting_, group_;
    std::uint64_t end_ = 0, written_ = 0;
    bool writing_ = false;
};

}  // namespace

std::unique_ptr<Subject> make_bare_log(const Path& scratch) {
    return std::make_unique<BareLog>(scratch);
}

}  // namespace varve::bench
