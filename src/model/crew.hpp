/// The workers of one projection, seen as one: who waits for it, asks it or stops it need not know them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/worker.hpp"
#include "varve/engine.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"
#include "varve/store.hpp"

namespace varve {

class Crew {
public:
    /// Opens the places of its rows and starts.
    static Result<std::unique_ptr<Crew>> open(const detail::ProjectionType& type, const ProjectionOptions& options,
                                              const Store& store);

    [[nodiscard]] const detail::ProjectionType& type() const { return type_; }
    [[nodiscard]] const ProjectionOptions& options() const { return options_; }
    [[nodiscard]] ProjectionStatus status() const { return worker_->status(); }
    [[nodiscard]] const ProjectionProgress& progress() const { return worker_->progress(); }

    /// Waits until the rows reflect what the answer must have seen. `query` is its name, for the error.
    [[nodiscard]] Result<> wait_for(std::string_view query, const After& after, Deadline deadline) const;
    /// `deadline_exceeded`, and how far behind it is.
    [[nodiscard]] Error behind(std::string_view query, const After& after) const;
    /// Asks the rows as they are now, and answers their position; `answer` is what the step takes.
    [[nodiscard]] Result<Position> read(const detail::QueryStep& step, const void* query, void* answer) const;

    /// A key in quarantine: apply what it has missed, or go on without that. `not_found`: it is not in quarantine.
    Result<> retry(const std::string& key) { return worker_->retry(key); }
    Result<> discard(const std::string& key) { return worker_->discard(key); }

    /// Ends after the batch at hand, and waits for that. Idempotent; one thread at a time.
    void stop() { worker_->stop(); }

private:
    Crew(const detail::ProjectionType& type, ProjectionOptions options) : type_(type), options_(std::move(options)) {}

    const detail::ProjectionType& type_;
    ProjectionOptions options_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace varve
