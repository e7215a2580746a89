#include "upkeep/history.hpp"

#include <fmt/format.h>

#include "log/catalog.hpp"

namespace varve::upkeep {

Result<History> history_of_store(const io::Environment& environment, const io::Path& folder) {
    auto log = log::SegmentLog::open(environment, {.folder = folder, .create = false, .read_only = true});
    if (!log) return log.error();
    const auto store = log::StoreFile::open(*environment.files, folder, true);
    if (!store) return store.error();
    const log::Checkpoint end = (*log)->catalog()->end();
    History history{.store = (*store)->state().id,
                    .ancestors = (*store)->state().ancestors,
                    .segments = {},
                    .end = end.head,
                    .commits = end.commits,
                    .log = *log};
    const auto segments = (*log)->catalog()->segments();
    for (std::size_t i = 0; i < segments->size(); ++i) {
        const log::Segment& segment = *(*segments)[i];
        const log::Head& begin = segment.header().begin;
        const log::Head& behind = i + 1 < segments->size() ? (*segments)[i + 1]->header().begin : end.head;
        if (begin == behind) continue;
        const auto first = segment.frame_at(log::segment_header_bytes);
        if (!first) {
            return log::damaged((folder / segment.name()).string(), log::segment_header_bytes,
                                "its first block cannot be read");
        }
        history.segments.push_back({.path = folder / segment.name(),
                                    .header = segment.header(),
                                    .end = behind,
                                    .frames_end = segment.frames_end(),
                                    .bytes = segment.file_bytes(),
                                    .first_time = first->block.time,
                                    .sealed = segment.is_sealed()});
    }
    return history;
}

Share share_of(const SourceSegment& segment, const Until& until) {
    const bool begins = !(until.position && segment.header.begin.next >= *until.position) &&
                        !(until.time && segment.first_time > *until.time);
    if (!begins) return Share::none;
    const bool ends =
        !(until.position && segment.end.next > *until.position) && !(until.time && segment.end.time > *until.time);
    return ends && segment.sealed ? Share::all : Share::part;
}

Result<> check_until(const History& history, const Until& until) {
    if (until.position && until.time) {
        return Error{.code = Code::invalid_argument, .message = "give a position or a time, not both"};
    }
    if (until.position && *until.position > history.end.next) {
        return Error{.code = Code::out_of_range,
                     .message = fmt::format("there is no position {}: the history ends at position {}",
                                            until.position->value, history.end.next.value)};
    }
    return {};
}

}  // namespace varve::upkeep
