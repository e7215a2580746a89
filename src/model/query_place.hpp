/// A place among those that answer, and the read model on it, which another one may replace.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "model/crew.hpp"
#include "model/listeners.hpp"
#include "varve/projection.hpp"

namespace varve {

/// A projection that runs, or the reason why it does not.
class QueryPlace {
public:
    QueryPlace(const detail::ProjectionType& type, std::shared_ptr<Crew> crew);
    QueryPlace(const detail::ProjectionType& type, ProjectionStatus failed) : type_(type), failed_(std::move(failed)) {}
    QueryPlace(const QueryPlace&) = delete;
    QueryPlace& operator=(const QueryPlace&) = delete;
    ~QueryPlace();

    /// Of the projection that the place was made for.
    [[nodiscard]] const detail::ProjectionType& type() const { return type_; }
    /// The one that answers now; nullptr: none does.
    [[nodiscard]] std::shared_ptr<Crew> crew() const;
    /// Why there is no crew.
    [[nodiscard]] const ProjectionStatus& failed() const { return *failed_; }
    [[nodiscard]] ProjectionStatus status() const;

    /// From now on `next` answers. It has come as far as the one before, which does not move meanwhile; who waits for that
    /// one looks again. Somebody else follows both of them.
    void replace(const std::shared_ptr<Crew>& next);

    /// For those who wait for changes, whichever one answers: as of Crew. There is a crew.
    void follow();
    void unfollow();

    /// Told after each move of the one that answers, at its end, and when another one takes its place.
    [[nodiscard]] Listeners& moves() { return moves_; }
    /// Told when another one has taken its place, before those who wait for the former are woken.
    [[nodiscard]] Listeners& replacements() { return replacements_; }

private:
    void listen_to(const Crew& crew);

    const detail::ProjectionType& type_;
    std::optional<ProjectionStatus> failed_;
    Listeners moves_;
    Listeners replacements_;
    std::mutex following_;  ///< guards what follows, and is held while the crew is replaced
    unsigned followers_ = 0;
    mutable std::mutex mutex_;  ///< guards the rest
    std::shared_ptr<Crew> crew_;
    Crew::Listeners listening_;
};

}  // namespace varve
