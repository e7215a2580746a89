/// A store on a server, as an engine.
#pragma once

#include <memory>

#include "remote/appender.hpp"
#include "remote/connection.hpp"
#include "remote/head.hpp"
#include "varve/engine.hpp"

namespace varve::remote {

class RemoteEngine final : public Engine {
public:
    explicit RemoteEngine(std::shared_ptr<Connection> connection);
    ~RemoteEngine() override;

    Result<Receipt> append(Commit commit, const AppendOptions& options) override;
    void append(Commit commit, const AppendOptions& options, Completion done) override;
    Result<std::optional<Receipt>> find_command(std::string_view command_id) override;
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override;
    Position head() const override { return head_->now(); }
    bool wait_beyond(Position position, Deadline deadline) override;
    void wake_waiters() override { head_->wake(); }
    Result<Position> position_at(Timestamp time) override;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override;
    Result<std::optional<StreamInfo>> stream(std::string_view name) override;
    Result<StreamRetention> retention(std::string_view stream) override;
    Result<StoreInfo> info() override;
    Result<CompactReport> compact(const CompactOptions& options) override;
    bool closed() const override { return closed_; }
    Result<> close() override;

private:
    const std::shared_ptr<Connection> connection_;
    const std::shared_ptr<Head> head_;
    const std::shared_ptr<Appender> appender_;
    std::atomic<bool> closed_ = false;
    std::mutex closing_;  ///< held by whoever closes, until it is done
};

}  // namespace varve::remote
