#include "model/crypto.hpp"

#include <sodium.h>

#include <new>
#include <utility>

namespace varve::crypto {

namespace {

/// Part of the stored form, never change.
constexpr std::size_t block_bytes = 32;
constexpr int text_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(tag_bytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(salt_bytes == crypto_pwhash_argon2id_SALTBYTES);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

bool open_into(const Key& key, std::string_view nonce, std::string_view bound_to, std::string_view sealed,
               unsigned char* into) {
    return nonce.size() == nonce_bytes && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                              into, nullptr, nullptr, bytes_of(sealed), sealed.size(),
                                              bytes_of(bound_to), bound_to.size(), bytes_of(nonce), key.data()) == 0;
}

}  // namespace

Key::~Key() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

void FreeGuarded::operator()(Key* key) const {
    key->~Key();
    sodium_free(key);
}

Result<> ready() {
    if (sodium_init() >= 0) return {};
    return Error{.code = Code::unavailable,
                 .message = "libsodium cannot start: the system gives no randomness; check /dev/urandom"};
}

GuardedKey new_key() {
    void* place = sodium_malloc(sizeof(Key));
    if (place == nullptr) return {};
    GuardedKey key(new (place) Key);
    randombytes_buf(key->data(), key_bytes);
    return key;
}

void fill_randomly(char* at, std::size_t bytes) {
    randombytes_buf(at, bytes);
}

std::string random_bytes(std::size_t bytes) {
    std::string text(bytes, '\0');
    fill_randomly(text.data(), bytes);
    return text;
}

std::string seal(const Key& key, std::string_view nonce, std::string_view bound_to, std::string_view clear) {
    std::string sealed(clear.size() + tag_bytes, '\0');
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed), nullptr, bytes_of(clear), clear.size(),
                                               bytes_of(bound_to), bound_to.size(), nullptr, bytes_of(nonce),
                                               key.data());
    return sealed;
}

std::optional<std::string> open(const Key& key, std::string_view nonce, std::string_view bound_to,
                                std::string_view sealed) {
    if (sealed.size() < tag_bytes) return {};
    std::string clear(sealed.size() - tag_bytes, '\0');
    if (!open_into(key, nonce, bound_to, sealed, bytes_of(clear))) return {};
    return clear;
}

bool open_key(const Key& key, std::string_view nonce, std::string_view bound_to, std::string_view sealed, Key& opened) {
    return sealed.size() == key_bytes + tag_bytes && open_into(key, nonce, bound_to, sealed, opened.data());
}

bool derive_key(std::string_view passphrase, std::string_view salt, const Effort& effort, Key& key) {
    return crypto_pwhash_argon2id(key.data(), key_bytes, passphrase.data(), passphrase.size(), bytes_of(salt),
                                  effort.passes, effort.memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}

void pad(std::string& text) {
    const std::size_t length = text.size();
    std::size_t padded = 0;
    std::string wider(length + block_bytes, '\0');
    text.copy(wider.data(), length);
    sodium_pad(&padded, bytes_of(wider), length, block_bytes, wider.size());
    wider.resize(padded);
    wipe(text);
    text = std::move(wider);
}

bool unpad(std::string& text) {
    std::size_t length = 0;
    if (sodium_unpad(&length, bytes_of(text), text.size(), block_bytes) != 0) return false;
    text.resize(length);
    return true;
}

std::string to_text(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), text_variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), text_variant);
    text.pop_back();
    return text;
}

std::optional<std::string> from_text(std::string_view text) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(bytes_of(bytes), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                          text_variant) != 0 ||
        end != text.data() + text.size()) {
        return {};
    }
    bytes.resize(length);
    return bytes;
}

void wipe(std::string& text) {
    sodium_memzero(text.data(), text.size());
    text.clear();
}

}  // namespace varve::crypto
