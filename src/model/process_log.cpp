#include "model/process_log.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace varve {

ProcessLog::ProcessLog(const Store& store, std::string_view category)
    : store_(store), stream_("$process-" + std::string(category)) {}

Result<ProcessLog::Start> ProcessLog::read() {
    Start start;
    std::set<Position> reheard;
    auto cursor = store_.read({.source = Stream{stream_}, .direction = Direction::backward});
    if (!cursor.ok()) return std::move(cursor).error();
    std::uint64_t parts = 0;
    bool found = false;
    while (const Event* event = cursor->next()) {
        if (found && parts == 0) break;
        if (found) {
            auto keys = record::read<record::Keys>(*event);
            if (!keys.ok()) return std::move(keys).error();
            std::move(keys->keys.begin(), keys->keys.end(), std::back_inserter(start.open));
            --parts;
        } else if (event->type == record::checkpoint) {
            auto checkpoint = record::read<record::Checkpoint>(*event);
            if (!checkpoint.ok()) return std::move(checkpoint).error();
            start.position = checkpoint->position;
            start.running = checkpoint->running;
            parts = checkpoint->parts;
            for (record::Trouble& trouble : checkpoint->unheard) start.unheard.emplace(trouble.position, trouble);
            found = true;
        } else if (event->type == record::unheard || event->type == record::reheard) {
            auto trouble = record::read<record::Trouble>(*event);
            if (!trouble.ok()) return std::move(trouble).error();
            if (event->type == record::reheard) {
                reheard.insert(trouble->position);
            } else {
                start.unheard.emplace(trouble->position, std::move(*trouble));
            }
        }
    }
    if (const Result<> status = cursor->status(); !status.ok()) return status.error();
    for (const Position position : reheard) start.unheard.erase(position);
    written_ = start.position;
    return start;
}

bool ProcessLog::wants(Position position, std::uint64_t open, bool at_end) const {
    const std::uint64_t passed = position > written_ ? position - written_ : 0;
    return passed >= (at_end ? checkpoint_events / 16 : std::max(checkpoint_events, open));
}

Result<> ProcessLog::write(const Start& state) {
    static constexpr std::size_t keys_max = 4096;
    std::vector<NewEvent> events;
    for (std::size_t at = 0; at < state.open.size(); at += keys_max) {
        const auto from = state.open.begin() + static_cast<std::ptrdiff_t>(at);
        const auto until = state.open.begin() + static_cast<std::ptrdiff_t>(std::min(at + keys_max, state.open.size()));
        auto event = record::to_event(stream_, record::open_part, record::Keys{{from, until}});
        if (!event.ok()) return std::move(event).error();
        events.push_back(std::move(*event));
    }
    record::Checkpoint checkpoint{.position = state.position, .running = state.running, .parts = events.size()};
    for (const auto& [position, trouble] : state.unheard) checkpoint.unheard.push_back(trouble);
    auto last = record::to_event(stream_, record::checkpoint, checkpoint);
    if (!last.ok()) return std::move(last).error();
    events.push_back(std::move(*last));
    const std::size_t count = events.size();
    written_ = state.position;  // also when it fails: it is not worth trying again at once
    auto receipt = store_.append(Commit{}.append(stream_, Expected::any(), std::move(events)));
    if (!receipt.ok()) return std::move(receipt).error();
    const Revision first = receipt->streams.front().last - (count - 1);
    auto kept = store_.keep(stream_, {.truncate_before = first});
    return kept.ok() ? Result<>() : Result<>(std::move(kept).error());
}

}  // namespace varve
