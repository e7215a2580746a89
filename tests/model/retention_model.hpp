/// What retention means, by looking at every event there ever was; and the mistakes that a model test must notice.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "varve/commit.hpp"
#include "varve/retention.hpp"

namespace varve::proof {

/// Planted into the model, never into the store.
enum class Forgetting : std::uint8_t {
    none,
    truncates_itself,      ///< the revision that is truncated before goes, too
    truncates_the_future,  ///< what comes later and lies below the revision is removed
    counts_one_less,       ///< max_count keeps one event less
    exact_age_is_old,      ///< an event of exactly max_age is removed
    one_rule_is_enough,    ///< an event that one rule keeps is kept
    deleted_exists,        ///< a deleted stream fails `none`
    deleted_has_no_last,   ///< the last revision of a deleted stream is unknown to `exact`
    begins_at_zero,        ///< a deleted stream goes on at revision 0
    tombstone_overlooked,  ///< an append to a tombstoned stream happens
    first_settings_count,  ///< the first settings stay in force
};

/// An event as it is given: a plain one, or settings of the stream.
struct Note {
    std::string stream;  ///< the one that the settings are of
    enum class Kind : std::uint8_t { plain, settings, tombstone } kind = Kind::plain;
    Retention keeps = {};
};

class RetentionModel {
public:
    explicit RetentionModel(Forgetting mistake) : mistake_(mistake) {}

    struct Answer {
        Code code = {};                             ///< Code{}: it happened
        std::vector<std::uint64_t> revisions = {};  ///< of the plain notes
        friend bool operator==(const Answer&, const Answer&) = default;
    };
    Answer append(const std::vector<Note>& notes, const std::vector<StreamIs>& conditions, Timestamp now);

    /// A note that is known to have happened; answers its revision, of a plain one.
    std::uint64_t add(const Note& note, Timestamp created);
    /// Forgets all but the first so many notes.
    void cut(std::size_t notes);

    /// Revisions that a read of the stream shows.
    [[nodiscard]] std::vector<std::uint64_t> read(const std::string& stream, Timestamp now) const;
    [[nodiscard]] StreamState state(const std::string& stream) const;
    [[nodiscard]] std::optional<Revision> last(const std::string& stream) const;

private:
    struct Kept {
        Note note;
        std::uint64_t revision;
        Timestamp created;
    };
    /// Of all notes, the settings in force and their place; the number of notes when there are none.
    [[nodiscard]] std::size_t settings(const std::string& stream) const;
    /// `in_force`: as settings() says, of the event's stream.
    [[nodiscard]] bool truncated(const Kept& event, std::size_t place, std::size_t in_force) const;

    Forgetting mistake_;
    std::vector<Kept> all_;
};

}  // namespace varve::proof
