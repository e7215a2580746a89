#include "io/faulty_disk.hpp"

#include <algorithm>

namespace varve::io {
namespace {

void put(std::string& image, std::uint64_t offset, std::string_view bytes) {
    if (image.size() < offset + bytes.size()) image.resize(offset + bytes.size(), '\0');
    std::ranges::copy(bytes, image.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// How likely it is that something on its way has arrived: never, always, or anything between.
std::uint64_t draw_likelihood(std::mt19937_64& random) {
    switch (random() % 4) {
        case 0: return 0;
        case 1: return 100;
        default: return 5 + random() % 91;
    }
}

bool happens(std::mt19937_64& random, std::uint64_t percent) {
    return random() % 100 < percent;
}

}  // namespace

FaultyFile::FaultyFile(std::string image) : durable_(std::move(image)) {
    (void)cached_.write(0, durable_);
}

bool FaultyFile::write(std::uint64_t offset, std::string_view bytes) {
    if (!cached_.write(offset, bytes)) return false;
    changes_.push_back({.offset = offset, .bytes = std::string(bytes)});
    return true;
}

bool FaultyFile::resize(std::uint64_t size) {
    if (!cached_.resize(size)) return false;
    changes_.push_back({.offset = size, .bytes = {}, .resize = true});
    return true;
}

void FaultyFile::apply(std::string& image, const Change& change) {
    if (change.resize) {
        image.resize(change.offset, '\0');
    } else {
        put(image, change.offset, change.bytes);
    }
}

void FaultyFile::apply_some_sectors(std::string& image, const Change& change, std::mt19937_64& random) {
    const std::uint64_t likelihood = draw_likelihood(random);
    for (std::uint64_t at = 0; at < change.bytes.size();) {
        const std::uint64_t to_boundary = sector_bytes - (change.offset + at) % sector_bytes;
        const std::uint64_t bytes = std::min(to_boundary, change.bytes.size() - at);
        if (happens(random, likelihood))
            put(image, change.offset + at, std::string_view(change.bytes).substr(at, bytes));
        at += bytes;
    }
}

void FaultyFile::sync() {
    for (const Change& change : changes_) apply(durable_, change);
    changes_.clear();
}

void FaultyFile::fail_sync(std::mt19937_64& random) {
    ++failures_;
    const std::vector<Change> lost = std::exchange(changes_, {});
    for (const Change& change : lost) {
        if (change.resize) {
            apply(durable_, change);
        } else {
            apply_some_sectors(durable_, change, random);
        }
    }
    if (happens(random, 50)) return;
    for (const Change& change : lost) {
        std::string bytes(change.bytes.size(), '\0');
        if (change.offset < durable_.size()) durable_.copy(bytes.data(), bytes.size(), change.offset);
        (void)cached_.write(change.offset, bytes);
    }
}

std::string FaultyFile::image_after_crash(std::mt19937_64& random) const {
    std::string image = durable_;
    std::uint64_t largest = image.size();
    const std::uint64_t likelihood = draw_likelihood(random);
    for (const Change& change : changes_) {
        largest = std::max(largest, change.offset + change.bytes.size());
        if (change.resize) {
            if (happens(random, likelihood)) apply(image, change);
        } else if (happens(random, likelihood)) {
            apply_some_sectors(image, change, random);
        }
    }
    if (changes_.empty()) return image;
    const std::size_t written = image.size();
    switch (random() % 4) {
        case 0: image.resize(std::max(written, largest), '\0'); break;
        case 1:  // grown, with bytes in it that lay elsewhere in this file before
            image.resize(std::max(written, largest), '\0');
            for (std::size_t at = written; at < image.size() && durable_.size() > 4096; ++at) {
                image[at] = durable_[4096 + at % (durable_.size() - 4096)];
            }
            break;
        case 2:  // what was written behind the old end is cut off somewhere
            if (written > durable_.size()) image.resize(durable_.size() + random() % (written - durable_.size() + 1));
            break;
        default: break;
    }
    return image;
}

void FaultyFile::flip(std::uint64_t bit) {
    sync();
    durable_[bit / 8] = static_cast<char>(durable_[bit / 8] ^ (1 << (bit % 8)));
    (void)cached_.write(bit / 8, std::string_view(durable_).substr(bit / 8, 1));
}

std::shared_ptr<FaultyFile> FaultyDisk::find(const Path& path) const {
    const auto found = cached_.find(path);
    return found == cached_.end() ? nullptr : found->second;
}

bool FaultyDisk::is_directory(const Path& path) const {
    return path.empty() || path == "/" || path == "." || directories_.contains(path);
}

std::uint64_t FaultyDisk::used_bytes() const {
    std::uint64_t bytes = 0;
    std::set<const FaultyFile*> seen;  // a file may have several names
    for (const auto& [path, file] : cached_) {
        if (seen.insert(file.get()).second) bytes += file->cached().size();
    }
    return bytes;
}

void FaultyDisk::apply(Entries& entries, const Change& change) {
    if (!change.from.empty()) entries.erase(change.from);
    if (!change.to.empty()) entries.insert_or_assign(change.to, change.file);
}

void FaultyDisk::change(Change change) {
    apply(cached_, change);
    changes_.push_back(std::move(change));
}

std::shared_ptr<FaultyFile> FaultyDisk::create(const Path& path) {
    auto file = std::make_shared<FaultyFile>();
    change({.from = {}, .to = path, .file = file});
    return file;
}

void FaultyDisk::rename(const Path& from, const Path& to) {
    change({.from = from, .to = to, .file = find(from)});
}

void FaultyDisk::link(const Path& from, const Path& to) {
    change({.from = {}, .to = to, .file = find(from)});
}

void FaultyDisk::remove(const Path& path) {
    change({.from = path, .to = {}, .file = nullptr});
}

void FaultyDisk::create_directories(const Path& path) {
    for (Path each = path; !is_directory(each); each = each.parent_path()) directories_.insert(each);
}

void FaultyDisk::sync_directory(const Path& path) {
    std::vector<Change> others;
    for (Change& change : changes_) {
        const Path& entry = change.to.empty() ? change.from : change.to;
        if (entry.parent_path() == path) {
            apply(durable_, change);
        } else {
            others.push_back(std::move(change));
        }
    }
    changes_ = std::move(others);
}

FaultyDisk FaultyDisk::copy() const {
    FaultyDisk other;
    other.directories_ = directories_;
    for (const auto& [path, file] : cached_) {
        auto same = std::make_shared<FaultyFile>(std::string(file->cached().data(), file->cached().size()));
        same->read_only = file->read_only;
        other.cached_.emplace(path, std::move(same));
    }
    other.durable_ = other.cached_;
    return other;
}

void FaultyDisk::crash(std::mt19937_64& random) {
    const std::uint64_t likelihood = draw_likelihood(random);
    for (const Change& change : changes_) {
        if (happens(random, likelihood)) apply(durable_, change);
    }
    changes_.clear();
    // A file may have two names now (its rename half known): both show the same bytes.
    std::map<const FaultyFile*, std::shared_ptr<FaultyFile>> after;
    for (auto& [path, file] : durable_) {
        auto& image = after[file.get()];
        if (!image) {
            image = std::make_shared<FaultyFile>(file->image_after_crash(random));
            image->read_only = file->read_only;
        }
        file = image;
    }
    cached_ = durable_;
}

}  // namespace varve::io
