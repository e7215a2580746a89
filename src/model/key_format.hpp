/// The bytes of a key file: docs/personal-data.md has them as a table. Part of the stored form, never change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/crypto.hpp"
#include "varve/limits.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

inline constexpr std::uint32_t key_file_format = 1;
/// Two copies of the header, each in a sector of its own, then slots, two in a sector: none is ever torn.
inline constexpr std::uint64_t key_header_places[] = {0, 512};
inline constexpr std::uint64_t key_slots_begin = 1024;
inline constexpr std::size_t key_slot_bytes = 256;

/// What the master key is wrapped with.
enum class KeyProtection : std::uint8_t {
    none = 0,        ///< nothing: whoever has the file has the keys
    passphrase = 1,  ///< Argon2id of it
    key = 2          ///< 32 bytes from elsewhere
};

struct KeyFileHeader {
    KeyProtection protection = KeyProtection::none;
    crypto::Effort effort;
    std::array<char, crypto::salt_bytes> salt{};
    std::array<char, crypto::nonce_bytes> nonce{};
    std::array<char, crypto::key_bytes + crypto::tag_bytes> wrapped{};  ///< the master key
    std::string store;                                                  ///< its id; empty: of none yet

    [[nodiscard]] std::string encode() const;
    /// `data_loss` when the bytes are no header, `failed_precondition` when only a newer version may read it.
    [[nodiscard]] static Result<KeyFileHeader> parse(std::string_view bytes);
    /// What the wrapped master key is bound to.
    [[nodiscard]] std::string bound_to() const;
};

using KeyId = std::array<char, 16>;

/// One subject.
struct KeySlot {
    enum class State : std::uint8_t { key = 1, forgotten = 2 };
    State state = State::key;
    Timestamp since;  ///< the key was made, or destroyed
    KeyId id{};
    std::array<char, crypto::nonce_bytes> nonce{};
    std::array<char, crypto::key_bytes + crypto::tag_bytes> wrapped{};  ///< zeros where it is destroyed
    std::string subject;                                                ///< 1 to limits::subject_bytes

    [[nodiscard]] std::string encode() const;
    /// Nothing: these bytes are no slot.
    [[nodiscard]] static std::optional<KeySlot> parse(std::string_view bytes);
    [[nodiscard]] std::string bound_to() const;
};

/// A sealed value as its token says it: version, key, nonce, cipher text with tag.
struct SealedToken {
    KeyId id{};
    std::string nonce;
    std::string sealed;

    [[nodiscard]] std::string encode() const;
    /// Nothing: this is no token of a version known here.
    [[nodiscard]] static std::optional<SealedToken> parse(std::string_view text);
};

/// What a sealed value is bound to.
[[nodiscard]] std::string sealed_bound_to(std::string_view subject, std::string_view event, std::string_view field);

}  // namespace varve
