/// Effects that are recorded with the rows of a read model, until they are performed.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/effects.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// Which one: the event's position, and which of its effects.
struct EffectPlace {
    Position position;
    std::uint64_t n = 0;
    friend auto operator<=>(const EffectPlace&, const EffectPlace&) = default;
};

/// `Orders/41/0`: what receivers know it by. Never change it.
[[nodiscard]] std::string effect_id(std::string_view of, const EffectPlace& place);

struct StoredEffect {
    EffectPlace place;
    std::string type;
    std::string data;
    std::optional<std::string> error = {};  ///< it is set aside
};

/// from() and add() are for the worker within a batch, the rest for any thread.
class Outbox {
public:
    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    virtual ~Outbox() = default;

    /// Events below it have no effects.
    [[nodiscard]] virtual Position from() const = 0;
    /// Becomes visible to the others with the batch, if that commits.
    virtual Result<> add(Position event, std::vector<detail::NewEffect> effects) = 0;

    /// The first that is not set aside.
    [[nodiscard]] virtual Result<std::optional<StoredEffect>> first() = 0;
    virtual Result<> done(const EffectPlace& place) = 0;
    virtual Result<> set_aside(const EffectPlace& place, const std::string& error) = 0;
    /// Takes it back; false: it is not aside.
    virtual Result<bool> retry(const EffectPlace& place) = 0;
    /// All but what its runner knows.
    virtual Result<> read(EffectsStatus& into) = 0;

    /// For a read model that is built anew beside another one, whose effects go on meanwhile: events from this position on
    /// have effects here. Before its first batch.
    virtual Result<> begin_at(Position position) = 0;
    /// Everything there is, also what is set aside, in order.
    [[nodiscard]] virtual Result<std::vector<StoredEffect>> all() = 0;
    /// Puts this one in the place of the other, which had heard every event below `heard`: what those events wanted, and
    /// has not been performed, is `left`. Neither is written or performed meanwhile.
    virtual Result<> take_over(Position heard, const std::vector<StoredEffect>& left) = 0;
};

/// So many that are set aside are listed.
inline constexpr std::size_t asides_listed = 100;
/// How many effects may wait in memory.
inline constexpr std::size_t effects_in_memory = 100'000;

class MemoryOutbox final : public Outbox {
public:
    explicit MemoryOutbox(Position from) : from_(from) {}

    [[nodiscard]] Position from() const override { return from_; }
    Result<> add(Position event, std::vector<detail::NewEffect> effects) override;
    /// The end of the batch.
    void commit();
    void abandon() { batch_.clear(); }

    Result<std::optional<StoredEffect>> first() override;
    Result<> done(const EffectPlace& place) override;
    Result<> set_aside(const EffectPlace& place, const std::string& error) override;
    Result<bool> retry(const EffectPlace& place) override;
    Result<> read(EffectsStatus& into) override;
    Result<> begin_at(Position position) override;
    Result<std::vector<StoredEffect>> all() override;
    Result<> take_over(Position heard, const std::vector<StoredEffect>& left) override;

private:
    Position from_;
    std::vector<StoredEffect> batch_;
    std::mutex mutex_;  ///< guards what follows
    std::map<EffectPlace, StoredEffect> effects_;
    std::map<EffectPlace, StoredEffect> aside_;
};

}  // namespace varve
