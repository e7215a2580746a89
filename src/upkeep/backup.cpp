#include "upkeep/backup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "log/digest.hpp"
#include "log/segment.hpp"
#include "upkeep/manifest.hpp"
#include "upkeep/segment_copy.hpp"

namespace varve::upkeep {
namespace {

constexpr std::string_view lock_name = "LOCK";

Error refused(std::string message) {
    return {.code = Code::failed_precondition, .message = std::move(message)};
}

class Backup {
public:
    Backup(const io::Environment& environment, const io::Path& target, const BackupOptions& options, History history)
        : environment_(environment),
          files_(*environment.files),
          target_(target),
          options_(options),
          history_(std::move(history)) {}

    Result<BackupReport> run();

private:
    Result<> take_target();
    Result<> check_target();
    Result<> check_same_history() const;
    [[nodiscard]] std::uint64_t earlier_bytes() const;
    Result<bool> is_kept(const std::string& name);
    Result<bool> is_whole(const std::string& name, Meter& meter) const;
    Result<std::string> add(const SourceSegment& segment);
    Result<> fill_part(const SourceSegment& segment);
    Result<> check_room(std::uint64_t bytes) const;
    Result<> remove_others(const Manifest& manifest);

    const io::Environment& environment_;
    io::Files& files_;
    const io::Path target_;
    const BackupOptions& options_;
    const History history_;
    std::unique_ptr<io::FileLock> lock_;
    std::map<std::string, std::uint64_t> earlier_;  ///< files of the manifest that is there, and their sizes
    std::optional<Manifest> previous_;
    std::optional<Meter> meter_;
    bool linking_ = false;
    BackupReport report_;
};

Result<BackupReport> Backup::run() {
    linking_ = options_.link;
    if (auto taken = take_target(); !taken) return taken.error();
    std::vector<const SourceSegment*> wanted;
    std::uint64_t bytes = 0;
    if (options_.check) meter_.emplace(options_.watch, earlier_bytes());
    Manifest manifest{
        .store = history_.store, .taken = environment_.clock->now(), .end = history_.end, .commits = history_.commits};
    for (const SourceSegment& segment : history_.segments) {
        manifest.segments.push_back({.file = kept_name(segment.header, segment.end),
                                     .first = segment.header.begin.next,
                                     .next = segment.end.next});
        const auto kept = is_kept(manifest.segments.back().file);
        if (!kept) return kept.error();
        wanted.push_back(*kept ? nullptr : &segment);
        if (!*kept) bytes += segment.bytes;
    }
    if (auto room = check_room(bytes); !room) return room.error();
    // Every byte is copied, and read again.
    meter_.emplace(options_.watch, 2 * bytes);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == nullptr) {
            ++report_.kept;
        } else if (auto added = add(*wanted[i]); added) {
            manifest.segments[i].file = *std::move(added);
        } else {
            return added.error();
        }
    }
    for (ManifestSegment& segment : manifest.segments) {
        const auto file = files_.open(target_ / segment.file, io::OpenMode::read);
        if (!file) return file.error();
        const auto size = (*file)->size();
        if (!size) return size.error();
        segment.bytes = *size;
        report_.bytes += *size;
    }
    if (auto written = write_manifest(files_, target_, manifest); !written) return written.error();
    if (auto removed = remove_others(manifest); !removed) return removed.error();
    report_.segments = manifest.segments.size();
    report_.events = history_.end.next.value;
    report_.digest = log::digest_of(history_.end);
    return report_;
}

Result<> Backup::take_target() {
    const auto there = files_.exists(target_);
    if (!there) return there.error();
    if (*there) {
        if (auto checked = check_target(); !checked) return checked;
    } else if (auto made = files_.create_directories(target_); !made) {
        return made;
    }
    auto lock = files_.lock(target_ / lock_name, fmt::format("pid {}", ::getpid()));
    if (!lock) return lock.error();
    lock_ = std::move(*lock);
    auto previous = read_manifest(files_, target_);
    if (!previous) return previous.error();
    previous_ = *std::move(previous);
    if (auto removed = remove_if_there(files_, target_ / part_name); !removed) return removed;
    if (!previous_) return {};
    for (const ManifestSegment& segment : previous_->segments) earlier_[segment.file] = segment.bytes;
    return check_same_history();
}

/// Only a folder in which nothing is but what a backup puts there.
Result<> Backup::check_target() {
    const auto names = files_.list(target_);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        const bool ours = name == manifest_name || name == std::string(manifest_name) + ".tmp" || name == lock_name ||
                          name == part_name || is_kept_name(name);
        if (ours) continue;
        return refused(
            fmt::format("'{}' holds '{}', so it is no backup: choose an empty or a new folder, or that of an "
                        "earlier backup",
                        target_.string(), name));
    }
    return {};
}

/// What the earlier backup holds must be a beginning of what the store holds.
Result<> Backup::check_same_history() const {
    if (previous_->store != history_.store) {
        return refused(fmt::format("'{}' is a backup of another store ({}): choose a folder for each store",
                                   target_.string(), log::to_string(previous_->store)));
    }
    const log::Head& end = previous_->end;
    bool same = end.sequence <= history_.end.sequence;
    if (same && end.sequence > 0) {
        const auto blocks = history_.log->read(end.sequence - 1);
        if (!blocks) return blocks.error();
        const auto last = (*blocks)->next();
        if (!last) return last.error();
        same = *last != nullptr && (*last)->head_after() == end;
    }
    if (same) return {};
    return refused(
        fmt::format("the backup in '{}' holds events, up to position {}, that the store does not have: keep it, "
                    "and choose a new folder for this one",
                    target_.string(), end.next.value));
}

std::uint64_t Backup::earlier_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, size] : earlier_) bytes += size;
    return bytes;
}

/// What is not kept stays until its successor takes the name: damaged, it is better than nothing.
Result<bool> Backup::is_kept(const std::string& name) {
    const auto file = files_.open(target_ / name, io::OpenMode::read);
    if (!file) {
        if (file.error().code == Code::not_found) return false;
        return file.error();
    }
    const auto earlier = earlier_.find(name);
    if (earlier == earlier_.end()) {
        // Of a backup that was interrupted.
        const Watch nobody;
        Meter unmeasured(nobody, 0);
        return is_whole(name, unmeasured);
    }
    const auto bytes = (*file)->size();
    if (!bytes) return bytes.error();
    const bool same_size = *bytes == earlier->second;
    auto whole = same_size && options_.check ? is_whole(name, *meter_) : Result<bool>(same_size);
    if (whole && !*whole) ++report_.replaced;
    return whole;
}

/// Is every byte of it right?
Result<bool> Backup::is_whole(const std::string& name, Meter& meter) const {
    const auto checked = check_sealed(files_, target_ / name, meter);
    if (checked) return kept_name(checked->header, checked->footer.end) == name;
    if (checked.error().code != Code::data_loss) return checked.error();
    return false;
}

Result<> Backup::check_room(std::uint64_t bytes) const {
    if (linking_) return {};
    const auto free = files_.free_bytes(target_);
    if (!free) return free.error();
    if (*free >= bytes) return {};
    return Error{
        .code = Code::resource_exhausted,
        .message = fmt::format("'{}' has room for {} bytes and the backup needs {} more: make room, then repeat it",
                               target_.string(), *free, bytes)};
}

/// Answers the name under which the segment is kept: not always the expected one, when a compaction has put another
/// file with the same blocks into its place meanwhile.
Result<std::string> Backup::add(const SourceSegment& segment) {
    const io::Path part = target_ / part_name;
    if (auto filled = fill_part(segment); !filled) return filled.error();
    auto checked = check_sealed(files_, part, *meter_);
    if (!checked && checked.error().code == Code::data_loss) {
        // Whose fault is it?
        if (segment.sealed) {
            if (auto source = check_sealed(files_, segment.path, *meter_); !source) return source.error();
        }
        return std::move(checked).error().within("the copy does not fit the original; check the target's disk");
    }
    if (!checked) return checked.error();
    if (checked->header.begin != segment.header.begin || checked->footer.end != segment.end) {
        return log::damaged(segment.path.string(), 0, "the blocks in it do not lead to where the next segment begins");
    }
    if (auto set = files_.set_read_only(part); !set) return set.error();
    std::string name = kept_name(checked->header, checked->footer.end);
    if (auto renamed = files_.rename(part, target_ / name); !renamed) return renamed.error();
    return name;
}

Result<> Backup::fill_part(const SourceSegment& segment) {
    const io::Path part = target_ / part_name;
    if (segment.sealed && linking_) {
        auto linked = files_.link(segment.path, part);
        if (linked) {
            ++report_.linked;
            return {};
        }
        const Code code = linked.error().code;
        if (code != Code::failed_precondition && code != Code::permission_denied) return linked;
        linking_ = false;
    }
    ++report_.copied;
    if (segment.sealed) {
        report_.bytes_copied += segment.bytes;
        return copy_whole(files_, segment.path, part, {}, *meter_);
    }
    const auto sealed = copy_part(files_, segment, {}, part, {}, *meter_);
    if (!sealed) return sealed.error();
    report_.bytes_copied += (*sealed)->footer.file_bytes;
    return {};
}

Result<> Backup::remove_others(const Manifest& manifest) {
    std::set<std::string> named;
    for (const ManifestSegment& segment : manifest.segments) named.insert(segment.file);
    const auto names = files_.list(target_);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        if (!is_kept_name(name) || named.contains(name)) continue;
        if (auto removed = remove_if_there(files_, target_ / name); !removed) return removed;
    }
    return {};
}

}  // namespace

Result<BackupReport> backup(const io::Environment& environment, const io::Path& folder, const io::Path& target,
                            const BackupOptions& options) {
    auto history = history_of_store(environment, folder);
    if (!history) return history.error();
    return Backup(environment, target, options, *std::move(history)).run();
}

}  // namespace varve::upkeep
