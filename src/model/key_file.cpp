#include "model/key_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace varve {

namespace {

/// About half a second of one core, and 64 MiB.
constexpr crypto::Effort effort{.passes = 4, .memory_bytes = std::uint64_t{64} << 20};
constexpr std::uint64_t slots_at_once = 4096;

std::uint64_t place_of(std::uint64_t number) {
    return key_slots_begin + number * key_slot_bytes;
}

KeyProtection protection_of(const KeyOptions& options) {
    if (!options.passphrase.empty()) return KeyProtection::passphrase;
    return options.key.empty() ? KeyProtection::none : KeyProtection::key;
}

std::string_view name_of(KeyProtection protection) {
    switch (protection) {
        case KeyProtection::none: return "nothing";
        case KeyProtection::passphrase: return "a passphrase";
        case KeyProtection::key: return "a key";
    }
    return "something";
}

bool is_empty(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
}

}  // namespace

Result<std::unique_ptr<KeyFile>> KeyFile::open(std::shared_ptr<io::Files> files, const io::Path& path,
                                               const KeyOptions& options, crypto::GuardedKey& master) {
    auto file = std::unique_ptr<KeyFile>(new KeyFile(std::move(files), path));
    if (auto ready = crypto::ready(); !ready.ok()) return std::move(ready).error();
    if (!options.key.empty() && (options.key.size() != crypto::key_bytes || !options.passphrase.empty())) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("key file '{}': a key has {} bytes, and there may be no passphrase beside "
                                            "it; this one has {}",
                                            file->path(), crypto::key_bytes, options.key.size())};
    }
    if (auto opened = file->open_or_create(options, master); !opened.ok()) {
        return std::move(opened).error().within(fmt::format("key file '{}'", file->path()));
    }
    return file;
}

Result<> KeyFile::open_or_create(const KeyOptions& options, crypto::GuardedKey& master) {
    master = crypto::new_key();
    if (!master) return Error{.code = Code::resource_exhausted, .message = "there is no memory for its master key"};
    auto there = files_->exists(path_);
    if (!there.ok()) return std::move(there).error();
    if (!*there && !options.create) {
        return Error{.code = Code::not_found, .message = "there is none; check the path, or let it be made"};
    }
    if (!*there) return create(options, master);
    if (auto taken = take(path_, io::OpenMode::read_write); !taken.ok()) return taken;
    const auto size = file_->size();
    if (!size.ok()) return size.error();
    if (*size < key_slots_begin) {
        return Error{
            .code = Code::data_loss,
            .message = fmt::format("it is no key file: it has {} bytes; check the path, or take a backup", *size)};
    }
    end_ = (*size - key_slots_begin) / key_slot_bytes;
    if (auto read = read_header(); !read.ok()) return read;
    return unwrap(options, master);
}

Result<> KeyFile::take(const io::Path& path, io::OpenMode mode) {
    auto file = files_->open(path, mode);
    if (!file.ok()) return std::move(file).error();
    file_ = std::move(*file);
    const auto locked = file_->lock();
    if (locked.ok()) return {};
    return Error{.code = locked.error().code, .message = "it is open already, here or in another process"};
}

Result<> KeyFile::create(const KeyOptions& options, crypto::GuardedKey& master) {
    // Whoever began one before was interrupted, and no key is in it.
    io::Path unfinished = path_;
    unfinished += ".new";
    const auto left = files_->exists(unfinished);
    if (!left.ok()) return left.error();
    if (auto taken = take(unfinished, *left ? io::OpenMode::read_write : io::OpenMode::create_private); !taken.ok()) {
        return taken;
    }
    // Another process may have finished it, under this very lock.
    const auto there = files_->exists(path_);
    if (!there.ok()) return there.error();
    if (*there) return Error{.code = Code::unavailable, .message = "another process has made it just now; try again"};
    if (auto filled = fill(options, master); !filled.ok()) return filled;
    if (auto renamed = files_->rename(unfinished, path_); !renamed.ok()) return renamed;
    return files_->sync_directory(path_.has_parent_path() ? path_.parent_path() : io::Path("."));
}

Result<> KeyFile::fill(const KeyOptions& options, crypto::GuardedKey& master) {
    header_.protection = protection_of(options);
    if (header_.protection == KeyProtection::passphrase) header_.effort = effort;
    crypto::fill_randomly(header_.salt.data(), header_.salt.size());
    crypto::fill_randomly(header_.nonce.data(), header_.nonce.size());
    crypto::Key outer;
    if (auto made = outer_key(options, outer); !made.ok()) return made;
    crypto::seal(outer, {header_.nonce.data(), header_.nonce.size()}, header_.bound_to(), master->view())
        .copy(header_.wrapped.data(), header_.wrapped.size());
    const std::string zeros(key_slots_begin, '\0');
    if (auto grown = file_->write(0, zeros); !grown.ok()) return grown;
    return write_header();
}

Result<> KeyFile::write_header() {
    const std::string bytes = header_.encode();
    for (const std::uint64_t place : key_header_places) {
        if (auto written = file_->write(place, bytes); !written.ok()) return written;
        if (auto synced = file_->sync_all(); !synced.ok()) return synced;
    }
    return {};
}

Result<> KeyFile::read_header() {
    Result<> first_error;
    for (const std::uint64_t place : key_header_places) {
        std::string bytes(key_slot_bytes, '\0');
        if (auto read = file_->read(place, bytes); !read.ok()) return std::move(read).error();
        auto header = KeyFileHeader::parse(bytes);
        if (header.ok()) {
            header_ = std::move(*header);
            return {};
        }
        if (first_error.ok()) first_error = std::move(header).error();
    }
    if (first_error.error().code != Code::data_loss) return first_error;
    return Error{.code = Code::data_loss,
                 .message = first_error.error().message + "; check the path, or take a backup"};
}

Result<> KeyFile::outer_key(const KeyOptions& options, crypto::Key& key) const {
    if (header_.protection == KeyProtection::key) {
        options.key.copy(reinterpret_cast<char*>(key.data()), crypto::key_bytes);
    } else if (header_.protection == KeyProtection::passphrase &&
               !crypto::derive_key(options.passphrase, {header_.salt.data(), header_.salt.size()}, header_.effort,
                                   key)) {
        return Error{.code = Code::resource_exhausted,
                     .message = fmt::format("there is no memory to check the passphrase: it takes {} MiB",
                                            header_.effort.memory_bytes >> 20)};
    }
    return {};
}

Result<> KeyFile::unwrap(const KeyOptions& options, crypto::GuardedKey& master) const {
    if (const auto given = protection_of(options); given != header_.protection) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("it is protected with {}, and was given {}", name_of(header_.protection),
                                            name_of(given))};
    }
    crypto::Key outer;
    if (auto made = outer_key(options, outer); !made.ok()) return made;
    if (crypto::open_key(outer, {header_.nonce.data(), header_.nonce.size()}, header_.bound_to(),
                         {header_.wrapped.data(), header_.wrapped.size()}, *master)) {
        return {};
    }
    if (header_.protection == KeyProtection::none) {
        return Error{.code = Code::data_loss, .message = "its master key is damaged; take a backup"};
    }
    return Error{.code = Code::permission_denied,
                 .message = fmt::format("this is not {} that it is protected with",
                                        header_.protection == KeyProtection::key ? "the key" : "the passphrase")};
}

Result<> KeyFile::each(const std::function<void(std::uint64_t, const KeySlot*)>& f) {
    std::string bytes(slots_at_once * key_slot_bytes, '\0');
    std::uint64_t used = 0;
    for (std::uint64_t number = 0; number < end_; number += slots_at_once) {
        const std::uint64_t count = std::min(slots_at_once, end_ - number);
        auto read = file_->read(place_of(number), std::span(bytes.data(), count * key_slot_bytes));
        if (!read.ok()) return std::move(read).error();
        for (std::uint64_t i = 0; i < *read / key_slot_bytes; ++i) {
            const std::string_view at = std::string_view(bytes).substr(i * key_slot_bytes, key_slot_bytes);
            if (is_empty(at)) continue;
            const auto slot = KeySlot::parse(at);
            f(number + i, slot ? &*slot : nullptr);
            used = number + i + 1;
        }
    }
    end_ = used;
    return {};
}

Result<KeySlot> KeyFile::read(std::uint64_t number) const {
    std::array<char, key_slot_bytes> bytes{};
    auto read = file_->read(place_of(number), bytes);
    if (!read.ok()) return std::move(read).error();
    auto slot = KeySlot::parse({bytes.data(), *read});
    if (slot) return std::move(*slot);
    return Error{
        .code = Code::data_loss,
        .message = fmt::format("key file '{}' is damaged at byte {}; take a backup of it", path(), place_of(number))};
}

Result<> KeyFile::write(std::uint64_t number, const KeySlot& slot) {
    auto written = file_->write(place_of(number), slot.encode());
    if (written.ok()) end_ = std::max(end_, number + 1);
    return written;
}

Result<> KeyFile::sync() {
    return file_->sync_data();
}

Result<> KeyFile::belong_to(const std::string& store) {
    header_.store = store;
    return write_header();
}

Result<> KeyFile::copy_to(const io::Path& to) const {
    auto copy = files_->open(to, io::OpenMode::create_private);
    if (!copy.ok()) return std::move(copy).error();
    std::string bytes(slots_at_once * key_slot_bytes, '\0');
    for (std::uint64_t at = 0, size = place_of(end_); at < size; at += bytes.size()) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size - at));
        auto read = file_->read(at, std::span(bytes.data(), count));
        if (!read.ok()) return std::move(read).error();
        if (auto written = (*copy)->write(at, std::string_view(bytes).substr(0, *read)); !written.ok()) return written;
    }
    if (auto synced = (*copy)->sync_all(); !synced.ok()) return synced;
    return files_->sync_directory(to.has_parent_path() ? to.parent_path() : io::Path("."));
}

}  // namespace varve
