/// A query that stays asked: its first answer, then every later one that is different.
///
///     auto live = bank.watch(BalanceOf{"a1"}).value();
///     while (auto news = live.next()) {
///         show((*news)->answer, (*news)->position);
///         remember((*news)->resume);       // bank.watch(BalanceOf{"a1"}, {.resume = ...}) goes on behind it
///     }
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "varve/engine.hpp"
#include "varve/export.hpp"
#include "varve/json.hpp"
#include "varve/query.hpp"
#include "varve/result.hpp"

namespace varve {

/// Where a live query begins, and who is told.
struct LiveOptions {
    /// LiveAnswer::resume of the newest answer that the watcher has: the next one is different, and not of an earlier position.
    /// Empty: the first answer is the one there is.
    std::string resume = {};
    /// The first answer reflects every event below this position.
    Position from = {};
    /// For event loops: called when next() may have something new, or an end; so one thread serves many live queries, with
    /// `next(varve::Deadline{})`. It is called from threads of the App, and shall only signal: post to the loop, write to an
    /// eventfd; it must not call the App or the live query. What it throws is lost. Not called any more after close().
    std::function<void()> wake = {};
};

/// One answer of a live query.
template <class T>
struct LiveAnswer {
    T answer;
    /// Every event below it is reflected, none from it on. Never smaller than that of the answer before, and greater unless
    /// another read model has taken the place of the one that gave it (varve/rebuild.hpp).
    Position position;
    std::string resume;  ///< for LiveOptions::resume; a short text, good after restarts
};

namespace detail {

/// The part of a live query that does not know its types.
class VARVE_API LiveSource {
public:
    /// How to ask, and how to tell two answers apart. `answer` is a std::optional<Answer>.
    struct Look {
        const void* query;
        void* answer;
        Result<std::string> (*json)(const void* answer);
    };
    struct News {
        Position position;
        std::string resume;
    };

    LiveSource() = default;
    LiveSource(const LiveSource&) = delete;
    LiveSource& operator=(const LiveSource&) = delete;
    virtual ~LiveSource();

    /// Nothing: the deadline has passed.
    virtual Result<std::optional<News>> next(const Look& look, Deadline deadline) = 0;
    virtual void close() = 0;
};

template <class T>
Result<std::string> answer_json(const void* answer) {
    return to_json(**static_cast<const std::optional<T>*>(answer));
}

}  // namespace detail

/// A live query. It holds no thread and queues nothing: next() looks at the read model when that has moved on. So a slow
/// watcher costs no more memory than a quick one; what changed several times meanwhile comes as one answer, the newest.
/// Answers are told apart by their JSON form, which Answer must have. next() is for one thread; close() may be called from
/// any. Movable; a moved-from one may only be destroyed or assigned. The App may go first; then next() says so.
template <class Q>
class Live {
public:
    using Answer = AnswerTo<Q>;

    Live(Q query, std::unique_ptr<detail::LiveSource> source) : query_(std::move(query)), source_(std::move(source)) {}

    /// Waits until the deadline for the first answer, then for the next one that is different. It is valid until the next
    /// call. nullptr: the deadline passed; whatever was there before it was looked at.
    /// Errors: `cancelled` (this live query, or its App, was closed, or is gone), the error that stopped the projection, and
    /// what `answer` threw (`unknown`), or that it has no JSON form (`invalid_argument`): the call after that waits for the
    /// next change.
    Result<const LiveAnswer<Answer>*> next(Deadline deadline = Deadline::max()) {
        std::optional<Answer> answer;
        auto news = source_->next({&query_, &answer, &detail::answer_json<Answer>}, deadline);
        if (!news.ok()) return std::move(news).error();
        if (!*news) return static_cast<const LiveAnswer<Answer>*>(nullptr);
        newest_.emplace(LiveAnswer<Answer>{std::move(*answer), (*news)->position, std::move((*news)->resume)});
        return static_cast<const LiveAnswer<Answer>*>(&*newest_);
    }

    /// Ends it: a next() that waits answers `cancelled`. Idempotent; any thread, but not `wake`.
    void close() { source_->close(); }

private:
    Q query_;
    std::unique_ptr<detail::LiveSource> source_;
    std::optional<LiveAnswer<Answer>> newest_;
};

}  // namespace varve
