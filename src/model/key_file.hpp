/// A key file that is open: its header, and where its slots are. What it says is durable when a call answers ok.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "io/files.hpp"
#include "model/key_format.hpp"
#include "varve/keys.hpp"

namespace varve {

/// Locked as long as it lives. Slots may be read from any thread; writing is for one at a time.
class KeyFile {
public:
    /// As open_keys; hands over the master key.
    static Result<std::unique_ptr<KeyFile>> open(std::shared_ptr<io::Files> files, const io::Path& path,
                                                 const KeyOptions& options, crypto::GuardedKey& master);

    /// Calls f(number, slot) for every slot in use; a slot that cannot be read is given as nullptr.
    Result<> each(const std::function<void(std::uint64_t, const KeySlot*)>& f);
    /// `data_loss`: it is damaged.
    [[nodiscard]] Result<KeySlot> read(std::uint64_t number) const;
    /// Written, and not durable before sync.
    Result<> write(std::uint64_t number, const KeySlot& slot);
    Result<> sync();
    /// Writes the header again, for this store.
    Result<> belong_to(const std::string& store);

    [[nodiscard]] const std::string& store() const { return header_.store; }
    /// The number of the first slot that was never used.
    [[nodiscard]] std::uint64_t end() const { return end_; }
    [[nodiscard]] std::string path() const { return path_.string(); }
    Result<> copy_to(const io::Path& to) const;

private:
    KeyFile(std::shared_ptr<io::Files> files, io::Path path) : files_(std::move(files)), path_(std::move(path)) {}
    Result<> open_or_create(const KeyOptions& options, crypto::GuardedKey& master);
    /// Opens and locks it.
    Result<> take(const io::Path& path, io::OpenMode mode);
    /// Under another name until it is whole, so that what has its name is a key file.
    Result<> create(const KeyOptions& options, crypto::GuardedKey& master);
    Result<> fill(const KeyOptions& options, crypto::GuardedKey& master);
    Result<> read_header();
    Result<> write_header();
    Result<> unwrap(const KeyOptions& options, crypto::GuardedKey& master) const;
    /// The key that wraps the master key.
    Result<> outer_key(const KeyOptions& options, crypto::Key& key) const;

    std::shared_ptr<io::Files> files_;
    io::Path path_;
    std::unique_ptr<io::File> file_;
    KeyFileHeader header_;
    std::uint64_t end_ = 0;
};

}  // namespace varve
