#include "upkeep/restore.hpp"

#include <fmt/format.h>

#include "log/digest.hpp"
#include "log/segment.hpp"
#include "upkeep/backup_reading.hpp"
#include "upkeep/new_store.hpp"
#include "upkeep/segment_copy.hpp"

namespace varve::upkeep {
namespace {

std::string request_of(const History& history, const Until& until) {
    return fmt::format("restore {} of {} up to {}", log::digest_of(history.end), log::to_string(history.store),
                       until.position ? fmt::format("position {}", until.position->value)
                       : until.time   ? to_string(*until.time)
                                      : "its end");
}

/// Copies segments into a new store, each checked before it counts.
class Restoring {
public:
    Restoring(io::Files& files, const History& history, const Until& until, const NewStore& store, const Watch& watch,
              std::uint64_t bytes)
        : files_(files), history_(history), until_(until), store_(store), meter_(watch, 2 * bytes) {}

    Result<> run() {
        for (const SourceSegment& segment : history_.segments) {
            const Share share = share_of(segment, until_);
            if (share == Share::none) break;
            if (auto taken = take(segment, share); !taken) return taken;
        }
        return {};
    }

    [[nodiscard]] const std::optional<SealedFile>& last() const { return last_; }
    [[nodiscard]] std::uint64_t commits() const { return commits_; }
    CopyReport report;

private:
    Result<> take(const SourceSegment& segment, Share share) {
        const Position first = segment.header.begin.next;
        if (share == Share::all && store_.resumed()) {
            const auto there = check_sealed(files_, store_.path_of(first), meter_);
            if (there && there->header.store == store_.id() && there->header.salt == segment.header.salt &&
                there->footer.end == segment.end) {
                return count(*there);
            }
            if (!there && there.error().code == Code::cancelled) return there.error();
        }
        if (share == Share::all) {
            if (auto copied = copy_whole(files_, segment.path, store_.part(), store_.id(), meter_); !copied)
                return copied;
        } else {
            const auto copied = copy_part(files_, segment, until_, store_.part(), store_.id(), meter_);
            if (!copied) return copied.error();
            if (!*copied) return {};
        }
        auto checked = check_sealed(files_, store_.part(), meter_);
        if (!checked && checked.error().code == Code::data_loss) {
            // Whose fault is it?
            if (auto source = check_sealed(files_, segment.path, meter_); !source) return source.error();
            return std::move(checked).error().within("the copy does not fit the original; check the target's disk");
        }
        if (!checked) return checked.error();
        if (auto kept = store_.keep_part(first); !kept) return kept;
        report.bytes_copied += checked->footer.file_bytes;
        return count(*checked);
    }

    Result<> count(const SealedFile& file) {
        last_ = file;
        commits_ += file.footer.commits;
        ++report.segments;
        return {};
    }

    io::Files& files_;
    const History& history_;
    const Until& until_;
    const NewStore& store_;
    Meter meter_;
    std::optional<SealedFile> last_;
    std::uint64_t commits_ = 0;
};

}  // namespace

Result<CopyReport> restore(const io::Environment& environment, const io::Path& folder, const io::Path& target,
                           const Until& until, const Watch& watch) {
    const auto history = history_of_backup(environment, folder);
    if (!history) return history.error();
    if (auto checked = check_until(*history, until); !checked) return checked.error();
    const auto store = NewStore::begin(environment, target, request_of(*history, until));
    if (!store) return store.error();
    std::uint64_t bytes = 0;
    for (const SourceSegment& segment : history->segments)
        if (share_of(segment, until) != Share::none) bytes += segment.bytes;
    const auto free = environment.files->free_bytes(target);
    if (!free) return free.error();
    if (!store->resumed() && *free < bytes) {
        return Error{
            .code = Code::resource_exhausted,
            .message = fmt::format("'{}' has room for {} bytes and the store needs {}: make room, then repeat it",
                                   target.string(), *free, bytes)};
    }
    Restoring restoring(*environment.files, *history, until, *store, watch, bytes);
    if (auto done = restoring.run(); !done) return done.error();
    const log::Head end = restoring.last() ? restoring.last()->footer.end : log::Head{};
    auto finished = store->finish(restoring.last() ? &*restoring.last() : nullptr, restoring.commits(),
                                  {{.id = history->store, .below = Position{}, .at = end.next}});
    if (!finished) return finished.error();
    CopyReport report = std::move(restoring.report);
    store->tell(report, history->store, end);
    return report;
}

}  // namespace varve::upkeep
