#include "log/verify_store.hpp"

#include <fmt/format.h>

#include "log/segment_files.hpp"
#include "log/store_folder.hpp"

namespace varve::log {
namespace {

/// What a whole header says against the file's being where it is; empty when it is the segment it is named after.
std::string why_stray(const SegmentHeader& header, const std::string& name, const std::optional<StoreState>& state) {
    if (state && header.store != state->owner_of(header.begin.next)) {
        return fmt::format("the file is a segment of another store ({}); move it out of the folder",
                           to_string(header.store));
    }
    const std::string right = segment_name(header.begin.next);
    if (right == name) return {};
    return fmt::format(
        "the file is not the segment that it is named after: it begins at position {}. Move it out of the folder; or, "
        "where '{}' is missing, give it that name back",
        header.begin.next.value, right);
}

}  // namespace

Result<std::optional<StoreState>> look_at_store(io::Files& files, const io::Path& folder, Findings& findings) {
    const auto there = files.exists(folder);
    if (!there) return there.error();
    if (!*there)
        return Error{.code = Code::not_found,
                     .message = fmt::format("there is no folder '{}': check the path", folder.string())};
    auto file = files.open(folder / store_name, io::OpenMode::read);
    if (!file) {
        if (file.error().code != Code::not_found) return file.error();
        const auto incomplete = files.exists(folder / incomplete_name);
        if (incomplete && *incomplete) {
            return Error{.code = Code::failed_precondition,
                         .message = fmt::format("the store in '{}' is not whole: a restore or fork into it was "
                                                "interrupted; repeat that, or delete the folder",
                                                folder.string())};
        }
        const auto names = segment_names(files, folder);
        if (names && !names->empty()) {
            findings.add(Finding::Kind::damage, store_name, 0, 0,
                         "the file is missing, so nothing tells whose the segments are: restore it from a backup");
            return std::optional<StoreState>();
        }
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("'{}' is no store (it holds no STORE): check the path", folder.string())};
    }
    std::optional<StoreState> best;
    for (std::uint64_t slot = 0; slot < 2; ++slot) {
        StoreState::Bytes bytes{};
        const auto got = (*file)->read(slot * store_slot_bytes, bytes);
        if (!got) return got.error();
        auto state = StoreState::parse({bytes.data(), *got});
        if (state) {
            if (!best || state->generation > best->generation) best = *state;
        } else if (state.error().code == Code::failed_precondition) {
            return std::move(state).error().within(folder.string());
        } else {
            findings.add(
                Finding::Kind::note, store_name, slot * store_slot_bytes, store_slot_bytes,
                fmt::format("{}; harmless as long as the other slot is whole, the next opening writes it again",
                            state.error().message));
        }
    }
    if (!best) {
        findings.add(Finding::Kind::damage, store_name, 0, 2 * store_slot_bytes,
                     "both slots are damaged: restore the file from a backup");
    }
    return best;
}

Result<std::vector<std::string>> own_segments(io::Files& files, const io::Path& folder,
                                              const std::optional<StoreState>& state, Findings& findings) {
    auto names = segment_names(files, folder);
    if (!names) return names;
    std::vector<std::string> own;
    for (const std::string& name : *names) {
        const auto file = files.open(folder / name, io::OpenMode::read);
        if (!file) return file.error();
        SegmentHeader::Bytes head{};
        const auto got = (*file)->read(0, head);
        if (!got) return got.error();
        const auto header = SegmentHeader::parse({head.data(), *got});
        const std::string why = header ? why_stray(*header, name, state) : std::string();
        if (why.empty()) {
            own.push_back(name);
        } else {
            findings.add(Finding::Kind::damage, name, 0, 0, why);
        }
    }
    return own;
}

void check_checkpoint(const StoreState& state, bool closed_in_order, const EndFound& end, Findings& findings) {
    const Checkpoint& checkpoint = state.checkpoint;
    if (checkpoint.head.sequence > end.head.sequence) {
        Finding& finding =
            findings.add(Finding::Kind::damage, end.file, end.offset, 0,
                         fmt::format("the log ends at position {}, but events up to position {} were durable: files "
                                     "are missing or cut; restore them from a backup",
                                     end.head.next.value, checkpoint.head.next.value));
        Findings::concern(finding, end.head.next, checkpoint.head.next);
    } else if (checkpoint.segment > end.segment || (end.file == store_name && checkpoint.segment_end != 0)) {
        findings.add(
            Finding::Kind::damage, end.file, end.offset, 0,
            fmt::format(
                "the segment that begins at position {} is missing, though the last checkpoint names it; restore "
                "it from a backup",
                checkpoint.segment.value));
    } else if (checkpoint.head.sequence == end.head.sequence && !(checkpoint.head == end.head)) {
        findings.add(Finding::Kind::damage, store_name, 0, 0,
                     "the checkpoint is from another history than the segments");
    } else if (closed_in_order && checkpoint.head.sequence != end.head.sequence) {
        findings.add(
            Finding::Kind::damage, store_name, 0, 0,
            fmt::format(
                "it says that the store was closed in order at position {}, but the log goes on to position {}: "
                "it is older than the segments; restore the STORE that belongs to them",
                checkpoint.head.next.value, end.head.next.value));
    }
}

}  // namespace varve::log
