#include "upkeep/fork.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/segment.hpp"
#include "upkeep/new_store.hpp"
#include "upkeep/segment_copy.hpp"

namespace varve::upkeep {
namespace {

/// Who owns the segments of a fork that begin below `own`: the source's ancestors, then the source.
Result<std::vector<log::Ancestor>> ancestors_of(const History& history, Position own, Position end) {
    std::vector<log::Ancestor> all;
    Position owned;
    for (log::Ancestor ancestor : history.ancestors) {
        ancestor.below = std::min(ancestor.below, own);
        if (ancestor.below <= owned) continue;
        owned = ancestor.below;
        all.push_back(ancestor);
    }
    all.push_back({.id = history.store, .below = own, .at = end});
    if (all.size() <= log::ancestors_max) return all;
    return Error{
        .code = Code::failed_precondition,
        .message = fmt::format("the store shares files of {} others already, which is the most: make a backup of "
                               "it and restore that to get a store without any",
                               log::ancestors_max)};
}

Error explained(Error error, const io::Path& folder, const io::Path& target) {
    if (error.code != Code::failed_precondition && error.code != Code::permission_denied) {
        if (error.code != Code::not_found) return error;
        error.message += "; the store's files have changed meanwhile: repeat it";
        return error;
    }
    return {
        .code = Code::failed_precondition,
        .message = fmt::format("{}: '{}' cannot share files with '{}'; choose a folder on the same file system that "
                               "allows hard links, or make a backup and restore it",
                               error.message, target.string(), folder.string())};
}

}  // namespace

Result<CopyReport> fork(const io::Environment& environment, const io::Path& folder, const io::Path& target,
                        const Until& until, const Watch& watch) {
    io::Files& files = *environment.files;
    const auto history = history_of_store(environment, folder);
    if (!history) return history.error();
    if (auto checked = check_until(*history, until); !checked) return checked.error();
    // The next attempt begins anew: links cost nothing, and the store may have gone on since.
    const auto store = NewStore::begin(
        environment, target, fmt::format("fork {} {}", log::to_string(history->store), environment.random->next()));
    if (!store) return store.error();
    CopyReport report;
    std::optional<SealedFile> last;
    std::uint64_t commits = 0;
    Position own;
    Meter meter(watch, history->segments.size());
    for (const SourceSegment& segment : history->segments) {
        const Share share = share_of(segment, until);
        if (share == Share::none) break;
        if (share == Share::all) {
            auto linked = files.link(segment.path, store->path_of(segment.header.begin.next));
            if (!linked) return explained(std::move(linked).error(), folder, target);
            ++report.shared;
            own = segment.end.next;
        } else {
            Meter copying(watch, segment.frames_end);
            auto copied = copy_part(files, segment, until, store->part(), store->id(), copying);
            if (!copied) return copied.error();
            if (!*copied) break;
            if (auto kept = store->keep_part(segment.header.begin.next); !kept) return kept.error();
            report.bytes_copied += (*copied)->footer.file_bytes;
        }
        ++report.segments;
        if (auto metered = meter.add(1); !metered) return metered.error();
    }
    if (report.segments > 0) {
        const SourceSegment& segment = history->segments[report.segments - 1];
        auto end = open_sealed(files, store->path_of(segment.header.begin.next));
        if (!end) return end.error();
        commits = segment.header.commits_before + end->footer.commits;
        last = *std::move(end);
    }
    const log::Head end = last ? last->footer.end : log::Head{};
    auto ancestors = ancestors_of(*history, own, end.next);
    if (!ancestors) return ancestors.error();
    if (auto finished = store->finish(last ? &*last : nullptr, commits, *std::move(ancestors)); !finished) {
        return finished.error();
    }
    store->tell(report, history->store, end);
    return report;
}

}  // namespace varve::upkeep
