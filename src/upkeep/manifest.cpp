#include "upkeep/manifest.hpp"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "log/digest.hpp"
#include "log/little_endian.hpp"

namespace varve::upkeep {
namespace {

// Part of the file format, never change.
constexpr std::string_view first_words = "varve backup ";
constexpr std::uint32_t backup_format = 1;
constexpr std::string_view checksum_word = "checksum ";

constexpr std::uint64_t manifest_bytes_max = 64 << 20;
constexpr std::string_view kept_prefix = "seg-";
constexpr std::size_t kept_name_bytes = 4 + 20 + 1 + 16 + 4;

std::string checksum_line(std::string_view text) {
    return fmt::format("{}{:016x}\n", checksum_word, xxh3_64(text));
}

/// The format that a manifest says it is of; 0 when it is none.
std::uint32_t format_of(std::string_view text) {
    std::uint32_t format = 0;
    if (!text.starts_with(first_words)) return 0;
    std::from_chars(text.data() + first_words.size(), text.data() + text.size(), format);
    return format;
}

Timestamp time_of(std::int64_t microseconds) {
    return Timestamp(std::chrono::microseconds(microseconds));
}

}  // namespace

std::string Manifest::encode() const {
    std::string text = fmt::format("{}{}\nstore {}\ntaken {}\nend {} {} {} {}\ncommits {}\n", first_words,
                                   backup_format, log::to_string(store), taken.time_since_epoch().count(), end.sequence,
                                   end.next.value, end.time.time_since_epoch().count(), to_hex(end.chain), commits);
    for (const ManifestSegment& segment : segments)
        text +=
            fmt::format("segment {} {} {} {}\n", segment.file, segment.first.value, segment.next.value, segment.bytes);
    return text + checksum_line(text);
}

std::optional<Manifest> Manifest::parse(std::string_view text) {
    const std::size_t checksum = text.rfind(checksum_word);
    if (checksum == std::string_view::npos || text.substr(checksum) != checksum_line(text.substr(0, checksum)) ||
        format_of(text) != backup_format) {
        return {};
    }
    Manifest manifest;
    std::istringstream lines{std::string(text.substr(0, checksum))};
    std::string line;
    std::getline(lines, line);
    std::string word, id, chain;
    std::int64_t taken = 0, time = 0;
    lines >> word >> id >> word >> taken >> word >> manifest.end.sequence >> manifest.end.next.value >> time >> chain >>
        word >> manifest.commits;
    const auto uuid = EventId::parse(id);
    const auto digest = log::parse_digest("0:" + chain);
    if (!lines || !uuid || !digest) return {};
    manifest.store = uuid->bytes;
    manifest.taken = time_of(taken);
    manifest.end.time = time_of(time);
    manifest.end.chain = digest->chain;
    ManifestSegment segment;
    while (lines >> word >> segment.file >> segment.first.value >> segment.next.value >> segment.bytes)
        manifest.segments.push_back(segment);
    return manifest;
}

std::string kept_name(const log::SegmentHeader& header, const log::Head& end) {
    char identity[32];
    log::store(identity, header.salt);
    log::store(identity + 8, end.sequence);
    log::store_hash(identity + 16, end.chain);
    return fmt::format("{}{:020}-{:016x}.log", kept_prefix, header.begin.next.value,
                       xxh3_64({identity, sizeof identity}));
}

bool is_kept_name(std::string_view name) {
    return name.size() == kept_name_bytes && name.starts_with(kept_prefix) && name.ends_with(".log");
}

Result<std::optional<Manifest>> read_manifest(io::Files& files, const io::Path& folder) {
    const io::Path path = folder / manifest_name;
    auto text = read_small_file(files, path);
    if (!text) return text.error();
    if (!*text) return std::optional<Manifest>();
    auto manifest = Manifest::parse(**text);
    if (manifest) return manifest;
    if (format_of(**text) > backup_format) {
        return Error{
            .code = Code::failed_precondition,
            .message = fmt::format("'{}' was written by a newer version of Varve: use that one", path.string())};
    }
    return Error{.code = Code::data_loss,
                 .message = fmt::format(
                     "'{}' is damaged: use another backup, or delete this folder and begin a new one", path.string())};
}

Result<> write_manifest(io::Files& files, const io::Path& folder, const Manifest& manifest) {
    // What it names must be there before it is.
    if (auto synced = files.sync_directory(folder); !synced) return synced;
    return write_small_file(files, folder / manifest_name, manifest.encode());
}

Result<> write_small_file(io::Files& files, const io::Path& path, std::string_view text) {
    io::Path temporary = path;
    temporary += ".tmp";
    if (auto removed = remove_if_there(files, temporary); !removed) return removed;
    const auto file = files.open(temporary, io::OpenMode::create_new);
    if (!file) return file.error();
    if (auto written = (*file)->write(0, text); !written) return written;
    if (auto synced = (*file)->sync_all(); !synced) return synced;
    if (auto renamed = files.rename(temporary, path); !renamed) return renamed;
    return files.sync_directory(path.parent_path());
}

Result<std::optional<std::string>> read_small_file(io::Files& files, const io::Path& path) {
    const auto file = files.open(path, io::OpenMode::read);
    if (!file) {
        if (file.error().code == Code::not_found) return std::optional<std::string>();
        return file.error();
    }
    const auto bytes = (*file)->size();
    if (!bytes) return bytes.error();
    std::string text(std::min(*bytes, manifest_bytes_max), '\0');
    const auto got = (*file)->read(0, text);
    if (!got) return got.error();
    text.resize(*got);
    return std::optional(std::move(text));
}

Result<> remove_if_there(io::Files& files, const io::Path& path) {
    auto removed = files.remove(path);
    if (!removed && removed.error().code == Code::not_found) return {};
    return removed;
}

}  // namespace varve::upkeep
