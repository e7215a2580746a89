/// What the key store takes from libsodium, and nothing more. Its header stays in crypto.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "varve/result.hpp"

namespace varve::crypto {

// Part of the stored form, never change.
inline constexpr std::size_t key_bytes = 32;
inline constexpr std::size_t nonce_bytes = 24;
inline constexpr std::size_t tag_bytes = 16;
inline constexpr std::size_t salt_bytes = 16;

/// A key that overwrites itself when it goes.
class Key {
public:
    Key() = default;
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
    ~Key();
    [[nodiscard]] unsigned char* data() { return bytes_.data(); }
    [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }
    [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), key_bytes}; }

private:
    std::array<unsigned char, key_bytes> bytes_{};
};

struct FreeGuarded {
    void operator()(Key* key) const;
};
/// In memory that is not swapped out (as far as the system allows it) and has guards around it.
using GuardedKey = std::unique_ptr<Key, FreeGuarded>;

/// To be called before anything else here; any number of times, from any thread.
[[nodiscard]] Result<> ready();

/// Nothing: there is no memory.
[[nodiscard]] GuardedKey new_key();
void fill_randomly(char* at, std::size_t bytes);
[[nodiscard]] std::string random_bytes(std::size_t bytes);

/// XChaCha20-Poly1305: the cipher text with its tag behind it.
[[nodiscard]] std::string seal(const Key& key, std::string_view nonce, std::string_view bound_to,
                               std::string_view clear);
/// Nothing: another key, another place, or other bytes.
[[nodiscard]] std::optional<std::string> open(const Key& key, std::string_view nonce, std::string_view bound_to,
                                              std::string_view sealed);
/// The same for a key; false instead of nothing.
[[nodiscard]] bool open_key(const Key& key, std::string_view nonce, std::string_view bound_to, std::string_view sealed,
                            Key& opened);

/// How hard a passphrase is to guess; stored beside what it protects.
struct Effort {
    std::uint64_t passes = 0;
    std::uint64_t memory_bytes = 0;
    friend bool operator==(const Effort&, const Effort&) = default;
};
/// Argon2id. False: there is not so much memory.
[[nodiscard]] bool derive_key(std::string_view passphrase, std::string_view salt, const Effort& effort, Key& key);

/// So that the length of a sealed text tells little: up to the next multiple of 32, at least one byte.
void pad(std::string& text);
/// False: it was not padded.
[[nodiscard]] bool unpad(std::string& text);

/// base64url without padding.
[[nodiscard]] std::string to_text(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_text(std::string_view text);

void wipe(std::string& text);

}  // namespace varve::crypto
