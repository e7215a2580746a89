#include "model/key_store.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "io/memory_files.hpp"
#include "store/names.hpp"

namespace varve {

namespace {

Timestamp now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Error gone() {
    return {.code = Code::not_found,
            .message = "the value is gone: its subject was forgotten",
            .reason = "personal.forgotten"};
}

Error barred(std::string_view subject) {
    return {
        .code = Code::failed_precondition,
        .message = fmt::format("subject {} was forgotten, and nothing personal is stored for it any more; who comes "
                               "back gets a new subject",
                               store::in_quotes(subject)),
        .reason = "personal.forgotten"};
}

Error not_this_value() {
    return {.code = Code::data_loss,
            .message =
                "the sealed value does not open: it is damaged, or was moved here from another event, field or "
                "subject"};
}

}  // namespace

Result<std::shared_ptr<KeyStore>> KeyStore::open(std::shared_ptr<io::Files> files, const std::string& path,
                                                 const KeyOptions& options) {
    crypto::GuardedKey master;
    auto file = KeyFile::open(std::move(files), path, options, master);
    if (!file.ok()) return std::move(file).error();
    auto store = std::shared_ptr<KeyStore>(new KeyStore(std::move(*file), std::move(master), options.adopt));
    if (auto read = store->read_all(); !read.ok()) return std::move(read).error();
    return store;
}

Result<> KeyStore::read_all() {
    return file_->each([this](std::uint64_t number, const KeySlot* slot) {
        if (slot == nullptr) {
            ++damaged_;
            return;
        }
        const bool gone_for_good = slot->state == KeySlot::State::forgotten;
        ids_.emplace(slot->id, slot->subject);
        auto [at, added] = subjects_.try_emplace(slot->subject, Place{number, gone_for_good, 0});
        if (!added && gone_for_good) at->second = Place{number, true, 0};
        if (gone_for_good) ++forgotten_;
    });
}

Result<> KeyStore::belong_to(const std::string& store) {
    const std::unique_lock lock(mutex_);
    if (file_->store() == store) return {};
    if (!file_->store().empty() && !adopt_) {
        return Error{
            .code = Code::failed_precondition,
            .message = fmt::format("key file '{}' has the keys of store {}, and this is store {}; give the App "
                                   "its own key file, or open this one with `adopt` if the store was restored "
                                   "or forked from that one",
                                   file_->path(), file_->store(), store)};
    }
    return file_->belong_to(store);
}

Result<std::string> KeyStore::seal(const detail::SealPlace& place, std::string_view clear) {
    if (place.subject.size() > limits::subject_bytes) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("its subject has {} bytes; the limit is {}", place.subject.size(),
                                            limits::subject_bytes)};
    }
    const auto at = place_for(std::string(place.subject));
    if (!at.ok()) return at.error();
    if (at->forgotten) return barred(place.subject);
    const auto slot = read(*at);
    if (!slot.ok()) return slot.error();
    if (slot->state == KeySlot::State::forgotten) return barred(place.subject);
    crypto::Key key;
    if (auto unwrapped = unwrap(*slot, key); !unwrapped.ok()) return std::move(unwrapped).error();
    std::string padded(clear);
    crypto::pad(padded);
    SealedToken token{.id = slot->id, .nonce = crypto::random_bytes(crypto::nonce_bytes), .sealed = {}};
    token.sealed = crypto::seal(key, token.nonce, sealed_bound_to(place.subject, place.event, place.field), padded);
    crypto::wipe(padded);
    return token.encode();
}

Result<std::string> KeyStore::open(const detail::SealPlace& place, std::string_view text) const {
    const auto token = SealedToken::parse(text);
    if (!token) return not_this_value();
    Place at;
    {
        const std::shared_lock lock(mutex_);
        const auto subject = ids_.find(token->id);
        if (subject == ids_.end()) {
            return Error{.code = Code::failed_precondition,
                         .message = fmt::format("key file '{}' has no key for it, and never destroyed one: the file is "
                                                "older than the value, or another store's; take a newer backup of it",
                                                file_->path()),
                         .reason = "personal.no_key"};
        }
        if (!place.subject.empty() && place.subject != subject->second) return not_this_value();
        at = subjects_.at(subject->second);
    }
    if (at.forgotten) return gone();
    const auto slot = read(at);
    if (!slot.ok()) return slot.error();
    if (slot->state == KeySlot::State::forgotten) return gone();
    crypto::Key key;
    if (auto unwrapped = unwrap(*slot, key); !unwrapped.ok()) return std::move(unwrapped).error();
    auto clear =
        crypto::open(key, token->nonce, sealed_bound_to(slot->subject, place.event, place.field), token->sealed);
    if (!clear || !crypto::unpad(*clear)) return not_this_value();
    return std::move(*clear);
}

bool KeyStore::forgotten(std::string_view text) const {
    const auto token = SealedToken::parse(text);
    if (!token) return false;
    const std::shared_lock lock(mutex_);
    const auto subject = ids_.find(token->id);
    return subject != ids_.end() && subjects_.at(subject->second).forgotten;
}

KeyStore::Standing KeyStore::standing(std::string_view subject) const {
    const std::shared_lock lock(mutex_);
    const auto found = subjects_.find(std::string(subject));
    if (found == subjects_.end()) return Standing::unknown;
    return found->second.forgotten ? Standing::forgotten : Standing::known;
}

Result<KeyStore::Place> KeyStore::place_for(const std::string& subject) {
    Result<Place> place = Place{};
    bool found = false;
    {
        const std::shared_lock lock(mutex_);
        if (const auto at = subjects_.find(subject); at != subjects_.end()) {
            place = at->second;
            found = true;
        }
    }
    if (!found) place = add(subject);
    if (!place.ok() || place->forgotten) return place;
    if (auto synced = sync_through(place->written); !synced.ok()) return std::move(synced).error();
    return place;
}

Result<KeyStore::Place> KeyStore::add(const std::string& subject) {
    const std::unique_lock lock(mutex_);
    if (const auto at = subjects_.find(subject); at != subjects_.end()) return at->second;
    if (broken_) return broken();
    KeySlot slot{.state = KeySlot::State::key, .since = now(), .subject = subject};
    crypto::fill_randomly(slot.id.data(), slot.id.size());
    crypto::fill_randomly(slot.nonce.data(), slot.nonce.size());
    crypto::Key key;
    crypto::fill_randomly(reinterpret_cast<char*>(key.data()), crypto::key_bytes);
    crypto::seal(*master_, {slot.nonce.data(), slot.nonce.size()}, slot.bound_to(), key.view())
        .copy(slot.wrapped.data(), slot.wrapped.size());
    const std::uint64_t number = file_->end();
    if (auto written = file_->write(number, slot); !written.ok()) {
        return std::move(written).error().within("the key of a new subject");
    }
    ids_.emplace(slot.id, subject);
    return subjects_.emplace(subject, Place{number, false, ++writes_}).first->second;
}

/// One sync covers all that was written before it began.
Result<> KeyStore::sync_through(std::uint64_t write) {
    if (write == 0) return {};
    const std::lock_guard lock(sync_mutex_);
    if (synced_ >= write) return {};
    if (broken_) return broken();
    const std::uint64_t through = writes_;
    if (auto synced = file_->sync(); !synced.ok()) {
        broken_ = true;
        return synced;
    }
    synced_ = through;
    return {};
}

Error KeyStore::broken() const {
    return {.code = Code::unavailable,
            .message = fmt::format("key file '{}' could not be written before, so no key is added to it any more; see "
                                   "to the disk and open it again",
                                   file_->path())};
}

Result<KeySlot> KeyStore::read(const Place& place) const {
    const std::shared_lock lock(mutex_);  // nobody writes meanwhile
    return file_->read(place.slot);
}

Result<> KeyStore::unwrap(const KeySlot& slot, crypto::Key& key) const {
    if (crypto::open_key(*master_, {slot.nonce.data(), slot.nonce.size()}, slot.bound_to(),
                         {slot.wrapped.data(), slot.wrapped.size()}, key)) {
        return {};
    }
    return Error{.code = Code::data_loss,
                 .message = fmt::format("key file '{}': a key is damaged; take a backup of the file", file_->path())};
}

Result<> KeyStore::forget(const std::string& subject) {
    const std::unique_lock lock(mutex_);
    const auto at = subjects_.find(subject);
    if (at != subjects_.end() && at->second.forgotten) return {};
    if (broken_) return broken();
    KeySlot slot{.state = KeySlot::State::forgotten, .since = now(), .subject = subject};
    std::uint64_t number = file_->end();
    if (at != subjects_.end()) {
        number = at->second.slot;
        auto old = file_->read(number);
        if (!old.ok()) return std::move(old).error();
        slot.id = old->id;
    } else {
        crypto::fill_randomly(slot.id.data(), slot.id.size());
        ids_.emplace(slot.id, subject);
    }
    Result<> done = file_->write(number, slot);
    if (done.ok()) done = file_->sync();
    if (done.ok()) {
        subjects_[subject] = Place{number, true, 0};
        ++forgotten_;
    } else {
        broken_ = true;
    }
    forgets_.fetch_add(1, std::memory_order_release);
    return done;
}

KeyCounts KeyStore::counts() const {
    const std::shared_lock lock(mutex_);
    return {.subjects = subjects_.size() - forgotten_, .forgotten = forgotten_, .damaged = damaged_};
}

Result<> KeyStore::copy_to(const std::string& path) const {
    const std::shared_lock lock(mutex_);
    return file_->copy_to(path);
}

Result<Keys> open_keys(const std::string& path, const KeyOptions& options) {
    if (Result<> named = store::check_path(path); !named.ok()) return std::move(named).within("key file").error();
    std::shared_ptr<io::Files> files = path == "memory:" ? io::memory_files() : io::real_files();
    auto store = KeyStore::open(std::move(files), path == "memory:" ? "keys" : path, options);
    if (!store.ok()) return std::move(store).error();
    return Keys(std::move(*store));
}

KeyCounts Keys::counts() const {
    return store_->counts();
}

bool Keys::forgotten(std::string_view subject) const {
    return store_->standing(subject) == KeyStore::Standing::forgotten;
}

Result<> Keys::backup(const std::string& path) const {
    return store_->copy_to(path);
}

}  // namespace varve
