#include "engine/indexer.hpp"

#include <chrono>
#include <string_view>

#include "log/record.hpp"

namespace varve::engine {
namespace {

constexpr std::chrono::milliseconds period{100};

/// The entries of one batch. Names are kept apart from the blocks they came from, which do not outlive the next one.
class Batch {
public:
    void add(const Event& event, bool after_gap) {
        const std::string_view tags = event.tags.packed();
        spans_.push_back(
            {.offset = names_.size(), .stream = event.stream.size(), .type = event.type.size(), .tags = tags.size()});
        names_ += event.stream;
        names_ += event.type;
        names_ += tags;
        entries_.push_back(
            {.position = event.position, .revision = event.revision, .stream = {}, .after_gap = after_gap});
    }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::span<const index::Entry> entries() {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const Span& span = spans_[i];
            std::string_view names = std::string_view(names_).substr(span.offset);
            entries_[i].stream = names.substr(0, span.stream);
            entries_[i].type = names.substr(span.stream, span.type);
            entries_[i].tags = Tags(names.substr(span.stream + span.type, span.tags));
        }
        return entries_;
    }

private:
    struct Span {
        std::size_t offset, stream, type, tags;
    };
    std::string names_;
    std::vector<Span> spans_;
    std::vector<index::Entry> entries_;
};

Result<> add_block(const log::Block& block, bool compacted, std::vector<std::uint32_t>& offsets, Batch& batch) {
    offsets.clear();
    if (auto found = log::record_offsets(block.payload, block.events, offsets); !found) return found;
    Event event;
    for (std::uint32_t i = 0; i < block.events; ++i) {
        if (offsets[i] == log::record_removed) continue;
        auto decoded = log::decode(block.payload.substr(offsets[i]), block.first + i, event);
        if (!decoded) return std::move(decoded).within("position " + std::to_string(block.first.value + i));
        batch.add(event, compacted);
    }
    return {};
}

}  // namespace

Indexer::Indexer(std::shared_ptr<log::Log> log, std::shared_ptr<Catalog> catalog, index::Watermark watermark,
                 std::function<void(const Result<>&)> moved, const Sizes& sizes)
    : sizes_(sizes),
      log_(std::move(log)),
      catalog_(std::move(catalog)),
      moved_(std::move(moved)),
      watermark_(std::move(watermark)) {}

Indexer::~Indexer() {
    task_.reset();
}

void Indexer::start(io::Executor& executor) {
    task_ = executor.start("varve-index", period, [this] { run(); });
}

void Indexer::committed(Position head) {
    const Position indexed = catalog_->watermark();
    if (task_ != nullptr && head > indexed && head - indexed >= sizes_.index_wake_lag) task_->wake();
}

Result<> Indexer::catch_up(std::uint64_t lag) {
    while (log_->head().next - catalog_->watermark() > lag) {
        if (auto more = step(); !more) return std::move(more).error();
    }
    return {};
}

Result<> Indexer::finish() {
    task_.reset();
    return catch_up(0);
}

index::Watermark Indexer::watermark() const {
    const std::lock_guard lock(mutex_);
    return watermark_;
}

std::optional<Error> Indexer::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

void Indexer::run() {
    for (;;) {
        const auto more = step();
        moved_(more ? Result<>() : Result<>(more.error()));
        if (!more || !*more) return;
    }
}

Result<bool> Indexer::step() {
    const std::lock_guard lock(mutex_);
    if (failure_) return *failure_;
    const auto fail = [this](Error error) {
        // A full disk gets room again: the next step begins anew behind what is indexed.
        reader_.reset();
        if (error.code != Code::resource_exhausted) failure_ = error;
        return error;
    };
    if (reader_ == nullptr) {
        auto reader = log_->read(watermark_.sequence);
        if (!reader) return fail(std::move(reader).error());
        reader_ = *std::move(reader);
    }
    Batch batch;
    index::Watermark reached = watermark_;
    std::vector<std::uint32_t> offsets;
    while (batch.size() < sizes_.index_batch) {
        auto block = reader_->next();
        if (!block) return fail(std::move(block).error());
        if (*block == nullptr) break;
        if (auto added = add_block(**block, log_->compacted(), offsets, batch); !added)
            return fail(std::move(added).error());
        const log::Head after = (*block)->head_after();
        reached.next = after.next;
        reached.sequence = after.sequence;
        reached.chain = after.chain;
    }
    if (reached == watermark_) return false;
    // An index that reaches beyond a power cut would make what was lost there look like damage.
    if (auto durable = log_->make_durable(reached.sequence); !durable) return fail(std::move(durable).error());
    if (auto applied = catalog_->apply(batch.entries(), reached); !applied) {
        return fail(
            std::move(applied).error().within("the index cannot be written; appends stop when it lags too far"));
    }
    watermark_ = reached;
    return true;
}

}  // namespace varve::engine
