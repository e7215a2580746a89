#include "log/store_file.hpp"

#include <algorithm>

#include "log/little_endian.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change.
constexpr std::uint64_t magic = 0x0A4F5453'45565256;  // "VRVESTO\n"
constexpr std::size_t at_magic = 0;
constexpr std::size_t at_format = 8;
constexpr std::size_t at_slot_bytes = 12;
constexpr std::size_t at_id = 16;
constexpr std::size_t at_created = 32;
constexpr std::size_t at_generation = 40;
constexpr std::size_t at_incompatible = 48;  // feature bits: refuse the store when one is unknown
constexpr std::size_t at_read_only = 52;     // only read it when one is unknown
constexpr std::size_t at_flags = 60;         // (the bits at 56 may be unknown)
constexpr std::size_t at_sequence = 64;
constexpr std::size_t at_next = 72;
constexpr std::size_t at_chain = 80;
constexpr std::size_t at_time = 96;
constexpr std::size_t at_commits = 104;
constexpr std::size_t at_segment = 112;
constexpr std::size_t at_segment_end = 120;
constexpr std::size_t at_ancestors = 128;  // their number, 4 bytes of zero, then one after the other
constexpr std::size_t at_first_ancestor = 136;
constexpr std::size_t ancestor_bytes = 32;  // id, below, at
constexpr std::size_t at_checksum = store_slot_bytes - 4;
constexpr std::uint32_t flag_clean = 1;
constexpr std::uint32_t feature_shared_segments = 1;  // incompatible: some segments carry an ancestor's id
static_assert(at_first_ancestor + ancestors_max * ancestor_bytes <= at_checksum);

Timestamp load_time(const char* at) {
    return Timestamp(std::chrono::microseconds(load<std::int64_t>(at)));
}

void store_ancestors(const std::vector<Ancestor>& ancestors, char* slot) {
    store(slot + at_ancestors, static_cast<std::uint32_t>(ancestors.size()));
    char* at = slot + at_first_ancestor;
    for (const Ancestor& ancestor : ancestors) {
        std::ranges::copy(ancestor.id, at);
        store(at + 16, ancestor.below.value);
        store(at + 24, ancestor.at.value);
        at += ancestor_bytes;
    }
}

/// False when their number cannot be.
bool load_ancestors(const char* slot, std::vector<Ancestor>& into) {
    const auto count = load<std::uint32_t>(slot + at_ancestors);
    if (count > ancestors_max) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
        const char* at = slot + at_first_ancestor + i * ancestor_bytes;
        Ancestor ancestor{.below = Position{load<std::uint64_t>(at + 16)},
                          .at = Position{load<std::uint64_t>(at + 24)}};
        std::copy_n(at, ancestor.id.size(), ancestor.id.begin());
        into.push_back(ancestor);
    }
    return true;
}

bool shares(const Ancestor& ancestor) {
    return ancestor.below > Position{};
}

}  // namespace

const StoreId& StoreState::owner_of(Position first) const {
    const auto found = std::ranges::find_if(ancestors, [&](const Ancestor& each) { return first < each.below; });
    return found == ancestors.end() ? id : found->id;
}

StoreState::Bytes StoreState::encode() const {
    Bytes bytes{};
    char* at = bytes.data();
    store(at + at_magic, magic);
    store(at + at_format, format_number);
    store(at + at_slot_bytes, static_cast<std::uint32_t>(store_slot_bytes));
    std::ranges::copy(id, at + at_id);
    store(at + at_created, std::int64_t{created.time_since_epoch().count()});
    store(at + at_generation, generation);
    store(at + at_incompatible, std::ranges::any_of(ancestors, shares) ? feature_shared_segments : 0U);
    store(at + at_flags, clean ? flag_clean : 0U);
    store(at + at_sequence, checkpoint.head.sequence);
    store(at + at_next, checkpoint.head.next.value);
    store_hash(at + at_chain, checkpoint.head.chain);
    store(at + at_time, std::int64_t{checkpoint.head.time.time_since_epoch().count()});
    store(at + at_commits, checkpoint.commits);
    store(at + at_segment, checkpoint.segment.value);
    store(at + at_segment_end, checkpoint.segment_end);
    store_ancestors(ancestors, at);
    store(at + at_checksum, crc32c({at, at_checksum}));
    return bytes;
}

Result<StoreState> StoreState::parse(std::string_view bytes) {
    const auto wrong = [](std::string_view what) {
        return Error{.code = Code::data_loss, .message = std::string(what)};
    };
    if (bytes.size() < store_slot_bytes) return wrong("the slot is cut off");
    const char* at = bytes.data();
    if (load<std::uint64_t>(at + at_magic) != magic) return wrong("the slot does not begin as one");
    if (load<std::uint32_t>(at + at_checksum) != crc32c({at, at_checksum})) {
        return wrong("the slot's checksum does not fit its bytes");
    }
    if (const auto format = load<std::uint32_t>(at + at_format); format > format_number)
        return newer_format(format, format_number);
    if ((load<std::uint32_t>(at + at_incompatible) & ~feature_shared_segments) != 0) {
        return Error{.code = Code::failed_precondition,
                     .message = "the store uses features that this Varve does not know: open it with a newer version"};
    }
    StoreState state;
    if (!load_ancestors(at, state.ancestors)) return wrong("the slot names more ancestors than there can be");
    std::copy_n(at + at_id, state.id.size(), state.id.begin());
    state.created = load_time(at + at_created);
    state.generation = load<std::uint64_t>(at + at_generation);
    state.read_only_features = load<std::uint32_t>(at + at_read_only) != 0;
    state.clean = (load<std::uint32_t>(at + at_flags) & flag_clean) != 0;
    state.checkpoint = {.head = {.sequence = load<std::uint64_t>(at + at_sequence),
                                 .next = Position{load<std::uint64_t>(at + at_next)},
                                 .time = load_time(at + at_time),
                                 .chain = load_hash(at + at_chain)},
                        .commits = load<std::uint64_t>(at + at_commits),
                        .segment = Position{load<std::uint64_t>(at + at_segment)},
                        .segment_end = load<std::uint64_t>(at + at_segment_end)};
    return state;
}

Result<std::unique_ptr<StoreFile>> StoreFile::create(io::Files& files, const io::Path& folder,
                                                     const StoreState& state) {
    const io::Path temporary = folder / "STORE.tmp";
    if (auto removed = files.remove(temporary); !removed && removed.error().code != Code::not_found) {
        return removed.error();
    }
    auto file = files.open(temporary, io::OpenMode::create_new);
    if (!file) return file.error();
    if (auto locked = (*file)->lock(); !locked) return locked.error();
    // Both slots, the second with a generation that loses: the file has its size from the beginning.
    StoreState older = state;
    older.generation = 0;
    StoreState newer = state;
    newer.generation = 1;
    const auto first = older.encode();
    const auto second = newer.encode();
    const std::array<std::string_view, 2> slots = {std::string_view(first.data(), first.size()),
                                                   std::string_view(second.data(), second.size())};
    if (auto written = (*file)->write(0, slots); !written) return written.error();
    if (auto synced = (*file)->sync_all(); !synced) return synced.error();
    if (auto renamed = files.rename(temporary, folder / store_name); !renamed) return renamed.error();
    if (auto synced = files.sync_directory(folder); !synced) return synced.error();
    return std::unique_ptr<StoreFile>(new StoreFile(std::move(*file), newer));
}

Result<std::unique_ptr<StoreFile>> StoreFile::open(io::Files& files, const io::Path& folder, bool read_only) {
    const io::Path path = folder / store_name;
    auto file = files.open(path, read_only ? io::OpenMode::read : io::OpenMode::read_write);
    if (!file) return file.error();
    if (!read_only) {
        if (auto locked = (*file)->lock(); !locked) return locked.error();
    }
    std::optional<StoreState> best;
    Error error;
    for (std::uint64_t slot = 0; slot < 2; ++slot) {
        StoreState::Bytes bytes{};
        const auto got = (*file)->read(slot * store_slot_bytes, bytes);
        if (!got) return got.error();
        auto state = StoreState::parse({bytes.data(), *got});
        if (!state) {
            // A newer format must be refused even when the other slot still carries the old one.
            if (error.message.empty() || state.error().code == Code::failed_precondition) error = state.error();
        } else if (!best || state->generation > best->generation) {
            best = *state;
        }
    }
    if (!best && error.code == Code::data_loss) error.message += "; restore the store from a backup";
    if (!best || error.code == Code::failed_precondition) {
        return std::move(error).within("'" + path.string() + "'");
    }
    std::unique_ptr<StoreFile> store(new StoreFile(std::move(*file), *best));
    if (!read_only && !best->clean) {
        // Its own sync may have failed; the other slot must not be touched before this one is on the disk.
        if (auto written = store->write_slot(*best); !written) return written.error();
    }
    return store;
}

Result<> StoreFile::write_slot(const StoreState& state) {
    const auto bytes = state.encode();
    const std::uint64_t offset = state.generation % 2 * store_slot_bytes;
    if (auto written = file_->write(offset, {bytes.data(), bytes.size()}); !written) return written;
    return file_->sync_data();
}

StoreState StoreFile::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

Result<> StoreFile::write(const Checkpoint& checkpoint, bool clean) {
    const std::lock_guard lock(mutex_);
    StoreState next = state_;
    next.generation++;
    next.checkpoint = checkpoint;
    next.clean = clean;
    if (auto written = write_slot(next); !written) return written;
    state_ = next;
    return {};
}

}  // namespace varve::log
