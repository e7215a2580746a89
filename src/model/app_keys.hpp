/// The keys of one App: those of its own store, or the reason why it has none.
#pragma once

#include <memory>
#include <string>

#include "model/key_store.hpp"
#include "varve/command.hpp"
#include "varve/store.hpp"

namespace varve {

class AppKeys {
public:
    /// No keys: what is personal can neither be stored nor read.
    AppKeys() = default;
    /// Makes the keys those of the store, and forgets again what its log says was forgotten: a key file that comes
    /// from a backup does not know yet. When that fails, everything personal answers its error.
    AppKeys(const Store& store, const Keys& keys);

    /// What seals and opens; nullptr without keys.
    [[nodiscard]] const std::shared_ptr<detail::Sealer>& sealer() const { return sealer_; }
    /// The keys themselves; nullptr without any.
    [[nodiscard]] const std::shared_ptr<KeyStore>& store() const { return keys_; }
    /// As App::forget.
    Result<Receipt> forget(Store& store, const std::string& subject, const CommandOptions& options) const;

private:
    std::shared_ptr<KeyStore> keys_;
    std::shared_ptr<detail::Sealer> sealer_;
    Result<> standing_;
};

}  // namespace varve
