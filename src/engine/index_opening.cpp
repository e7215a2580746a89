#include "engine/index_opening.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "log/record.hpp"
#include "store/rules.hpp"

namespace varve::engine {
namespace {

/// A writer beside us may delete index files while we open them: then another look finds the newer ones.
constexpr int read_attempts = 5;

}  // namespace

Inside completed(const Inside& inside, const std::string& folder) {
    Inside whole = inside;
    if (whole.index == nullptr) whole.index = index::rocksdb_home((std::filesystem::path(folder) / "index").string());
    return whole;
}

Result<std::optional<OpenIndex>> open_index(index::Home& home, bool read_only) {
    const auto lost = [read_only](const Error& error) {
        return error.code == Code::data_loss || error.code == Code::not_found ||
               (read_only && error.code == Code::permission_denied);
    };
    auto index = home.open(read_only);
    if (!index && lost(index.error())) return std::optional<OpenIndex>();
    if (!index) return std::move(index).error();
    auto watermark = (*index)->watermark();
    if (!watermark && lost(watermark.error())) return std::optional<OpenIndex>();
    if (!watermark) return std::move(watermark).error();
    return std::optional(OpenIndex{.index = *std::move(index), .watermark = *std::move(watermark)});
}

Result<bool> fits(const index::Watermark& watermark, log::SegmentLog& log) {
    if (watermark.next == Position{0}) return true;
    if (watermark.store_id != log.id() || watermark.sequence == 0) return false;
    if (const Position end = log.head().next; watermark.next > end) {
        return Error{
            Code::data_loss,
            "the index knows " + std::to_string(watermark.next.value) + " events and the log has only " +
                std::to_string(end.value) +
                ": events that were durable once are missing. Put the missing segment files back; or, to go on "
                "without those events, delete the store's folder 'index'"};
    }
    auto blocks = log.read(watermark.sequence - 1);
    if (!blocks) return std::move(blocks).error();
    const auto last = (*blocks)->next();
    if (!last) return last.error();
    return *last != nullptr && (*last)->chain() == watermark.chain && (*last)->head_after().next == watermark.next;
}

Result<OpenIndex> fit_index(index::Home& home, log::SegmentLog& log, std::optional<OpenIndex> found) {
    if (found) {
        const auto fit = fits(found->watermark, log);
        if (!fit) return fit.error();
        if (*fit) return *std::move(found);
        found.reset();
    }
    if (auto destroyed = home.destroy(); !destroyed) return std::move(destroyed).error();
    auto fresh = home.open(false);
    if (!fresh) return std::move(fresh).error();
    return OpenIndex{.index = *std::move(fresh), .watermark = {}};
}

Result<OpenIndex> open_index_to_read(index::Home& home, log::SegmentLog& log) {
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
        auto opened = open_index(home, true);
        if (!opened) return std::move(opened).error();
        if (!*opened) continue;
        OpenIndex& found = **opened;
        // A writer beside us may have indexed more since the log was opened.
        if (auto looked = log.refresh(); !looked) return std::move(looked).error();
        const auto fit = fits(found.watermark, log);
        if (!fit) return fit.error();
        if (*fit) return std::move(found);
    }
    return OpenIndex{.index = index::memory_index(), .watermark = {}};
}

Result<> add_rest(log::BlockReader& blocks, Catalog& catalog) {
    std::vector<std::uint32_t> offsets;
    Event event;
    for (;;) {
        const auto block = blocks.next();
        if (!block) return block.error();
        if (*block == nullptr) return {};
        offsets.clear();
        if (auto found = log::record_offsets((*block)->payload, (*block)->events, offsets); !found) return found;
        for (std::uint32_t i = 0; i < (*block)->events; ++i) {
            if (offsets[i] == log::record_removed) continue;
            const Position position = (*block)->first + i;
            auto decoded = log::decode((*block)->payload.substr(offsets[i]), position, event);
            if (!decoded) return std::move(decoded).within("position " + std::to_string(position.value));
            catalog.table().add(event.stream, event.revision, position, 1);
            if (store::is_settings(event.stream)) catalog.table().unlearn_ruling(store::subject_of(event.stream));
            TermUses terms;
            terms.add(event.stream, event.type, event.tags);
            catalog.terms().add(terms, position);
        }
    }
}

}  // namespace varve::engine
