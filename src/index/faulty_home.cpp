#include "index/faulty_home.hpp"

#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace varve::index {
namespace {

/// A batch that owns its names.
struct Batch {
    std::vector<Entry> entries;
    std::vector<std::string> streams, types, tags;
    Watermark watermark;

    Result<> apply_to(Index& index) const {
        std::vector<Entry> viewed = entries;
        for (std::size_t i = 0; i < viewed.size(); ++i) {
            viewed[i].stream = streams[i];
            viewed[i].type = types[i];
            viewed[i].tags = Tags(tags[i]);
        }
        return index.apply(viewed, watermark);
    }
};

}  // namespace

class FaultyHome::Shared {
public:
    explicit Shared(std::uint64_t seed) : random(seed) {}

    [[nodiscard]] std::optional<Error> begin_call(std::string_view operation) {
        if (fails_at == 0) return std::nullopt;
        --fails_at;
        if (fails_at != 0) return std::nullopt;
        return Error{.code = code,
                     .message = "cannot " + std::string(operation) + " the index: this test's disk fails"};
    }
    /// What is left when the latest are lost.
    [[nodiscard]] std::vector<Batch> survivors() {
        const std::size_t left = flushed + random() % (batches.size() - flushed + 1);
        return {batches.begin(), batches.begin() + static_cast<std::ptrdiff_t>(left)};
    }

    std::mutex mutex;
    std::mt19937_64 random;
    std::vector<Batch> batches;
    std::size_t flushed = 0;
    bool damaged = false;
    bool open_for_writing = false;
    std::uint64_t life = 0;  ///< grows with every crash; an index opened in an earlier life is dead
    std::uint64_t fails_at = 0;
    Code code = Code::unavailable;
};

class FaultyHome::Opened final : public Index {
public:
    Opened(std::shared_ptr<Shared> shared, std::unique_ptr<Index> memory, bool read_only)
        : shared_(std::move(shared)), memory_(std::move(memory)), read_only_(read_only), life_(shared_->life) {}
    ~Opened() override {
        const std::lock_guard lock(shared_->mutex);
        if (!read_only_ && !dead()) shared_->open_for_writing = false;
    }

    Result<Watermark> watermark() const override { return memory_->watermark(); }
    Result<> apply(std::span<const Entry> entries, const Watermark& watermark) override {
        const std::lock_guard lock(shared_->mutex);
        if (dead() || read_only_) return gone();
        if (auto fault = shared_->begin_call("write")) return *std::move(fault);
        if (auto applied = memory_->apply(entries, watermark); !applied) return applied;
        Batch batch;
        batch.entries.assign(entries.begin(), entries.end());
        batch.watermark = watermark;
        for (const Entry& entry : entries) {
            batch.streams.emplace_back(entry.stream);
            batch.types.emplace_back(entry.type);
            batch.tags.emplace_back(entry.tags.packed());
        }
        shared_->batches.push_back(std::move(batch));
        return {};
    }
    Result<std::optional<StreamInfo>> stream(std::string_view name) const override { return memory_->stream(name); }
    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const override {
        return memory_->stream_positions(name, from, count, into);
    }
    Result<> term_positions_from(const Term& term, Position from, std::uint64_t count,
                                 std::vector<Position>& into) const override {
        return memory_->term_positions_from(term, from, count, into);
    }
    Result<> term_positions_until(const Term& term, Position until, std::uint64_t count,
                                  std::vector<Position>& into) const override {
        return memory_->term_positions_until(term, until, count, into);
    }
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) const override {
        return memory_->streams(prefix, after, limit);
    }
    Result<> flush() override {
        const std::lock_guard lock(shared_->mutex);
        if (dead()) return gone();
        if (read_only_) return {};
        if (auto fault = shared_->begin_call("flush")) return *std::move(fault);
        shared_->flushed = shared_->batches.size();
        return {};
    }

private:
    [[nodiscard]] bool dead() const { return life_ != shared_->life; }
    static Error gone() {
        return {.code = Code::unavailable, .message = "the index was opened before the crash, or only for reading"};
    }

    const std::shared_ptr<Shared> shared_;
    const std::unique_ptr<Index> memory_;
    const bool read_only_;
    const std::uint64_t life_;
};

FaultyHome::FaultyHome(std::uint64_t seed) : shared_(std::make_shared<Shared>(seed)) {}
FaultyHome::~FaultyHome() = default;

Result<std::unique_ptr<Index>> FaultyHome::open(bool read_only) {
    const std::lock_guard lock(shared_->mutex);
    if (auto fault = shared_->begin_call("open")) return *std::move(fault);
    if (shared_->damaged) return Error{.code = Code::data_loss, .message = "the index of this test is damaged"};
    if (!read_only && shared_->open_for_writing) {
        return Error{.code = Code::failed_precondition, .message = "the index is open elsewhere"};
    }
    // Who looks on sees what has reached the disk.
    const std::vector<Batch> seen = read_only ? shared_->survivors() : shared_->batches;
    auto memory = memory_index();
    for (const Batch& batch : seen) {
        if (auto applied = batch.apply_to(*memory); !applied) return std::move(applied).error();
    }
    if (!read_only) shared_->open_for_writing = true;
    return std::unique_ptr<Index>(std::make_unique<Opened>(shared_, std::move(memory), read_only));
}

Result<> FaultyHome::destroy() {
    const std::lock_guard lock(shared_->mutex);
    if (auto fault = shared_->begin_call("delete")) return *std::move(fault);
    if (shared_->open_for_writing) {
        return Error{.code = Code::failed_precondition, .message = "the index is open and cannot be deleted"};
    }
    shared_->batches.clear();
    shared_->flushed = 0;
    shared_->damaged = false;
    return {};
}

void FaultyHome::crash() {
    const std::lock_guard lock(shared_->mutex);
    shared_->batches = shared_->survivors();
    shared_->flushed = shared_->batches.size();
    shared_->open_for_writing = false;
    shared_->fails_at = 0;
    ++shared_->life;
}

void FaultyHome::damage() {
    const std::lock_guard lock(shared_->mutex);
    shared_->damaged = true;
}

void FaultyHome::fail(std::uint64_t call, Code code) {
    const std::lock_guard lock(shared_->mutex);
    shared_->fails_at = call;
    shared_->code = code;
}

std::shared_ptr<FaultyHome> FaultyHome::copy(std::uint64_t seed) const {
    auto other = std::make_shared<FaultyHome>(seed);
    const std::lock_guard lock(shared_->mutex);
    other->shared_->batches = shared_->batches;
    other->shared_->flushed = shared_->flushed;
    other->shared_->damaged = shared_->damaged;
    other->crash();
    return other;
}

}  // namespace varve::index
