/// A live query: where its watcher stands, and the read model that it looks at.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/hash.hpp"
#include "model/query_route.hpp"
#include "varve/detail/seal.hpp"
#include "varve/live.hpp"

namespace varve {

class LiveQuery final : public detail::LiveSource {
public:
    /// `head` is the end of the store: nobody can have seen an answer from beyond it. The route has a crew.
    static Result<std::unique_ptr<detail::LiveSource>> begin(const QueryRoute& route, const LiveOptions& options,
                                                             Position head);
    ~LiveQuery() override { close(); }

    Result<std::optional<News>> next(const Look& look, Deadline deadline) override;
    void close() override;

private:
    /// What its watcher has seen: told apart from the next answer by its hash, so that a long one costs nothing.
    struct Seen {
        Position position;
        Hash answer;
    };

    explicit LiveQuery(const QueryRoute& route) : place_(route.place), step_(*route.step), meter_(route.meter) {}

    static Result<Seen> read_resume(const std::string& text, Position head);
    [[nodiscard]] Error ended(const Crew& crew) const;

    std::weak_ptr<QueryPlace> place_;  ///< an App may go before its live queries
    const detail::QueryStep& step_;
    std::shared_ptr<QueryMeter> meter_;
    std::shared_ptr<detail::Sealer> keys_ = KeysHere::now();  ///< of whoever began it
    Position wanted_;                                         ///< the read model is looked at when it has come so far
    std::optional<Seen> seen_;
    bool follows_ = false;       ///< set once, before others know of it
    std::weak_ptr<Crew> asked_;  ///< the read model that it looked at last
    std::optional<Listeners::Id> listener_;
    std::optional<Listeners::Id> replaced_;
    std::atomic<bool> look_again_ = false;  ///< whoever waits is to look at closed_, and at who answers
    std::atomic<bool> closed_ = false;
};

}  // namespace varve
