#include "model/crashing_engine.hpp"

#include <utility>

namespace varve::testing {

namespace {

Error crashed() {
    return {.code = Code::failed_precondition, .message = "the program has crashed, as the simulation wants it"};
}

class CrashingEngine final : public Engine {
public:
    CrashingEngine(std::shared_ptr<Engine> inner, std::shared_ptr<Fuse> fuse)
        : inner_(std::move(inner)), fuse_(std::move(fuse)) {}

    Result<Receipt> append(Commit commit, const AppendOptions& options) override {
        if (dead_) return crashed();
        const std::uint64_t number = fuse_->appends++;
        const Crash crash = fuse_->at(number);
        if (crash == Crash::before) {
            fuse_->crashes.push_back("before append " + std::to_string(number));
            return die();
        }
        auto receipt = inner_->append(std::move(commit), options);
        if (crash == Crash::none) return receipt;
        fuse_->crashes.push_back("after append " + std::to_string(number));
        return die();
    }
    void append(Commit commit, const AppendOptions& options, Completion done) override {
        done(append(std::move(commit), options));
    }
    Result<std::optional<Receipt>> find_command(std::string_view command_id) override {
        if (dead_) return crashed();
        return inner_->find_command(command_id);
    }
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) override {
        if (dead_) return crashed();
        return inner_->read(selection);
    }
    Position head() const override { return inner_->head(); }
    bool wait_beyond(Position position, Deadline deadline) override {
        return !dead_ && inner_->wait_beyond(position, deadline);
    }
    void wake_waiters() override { inner_->wake_waiters(); }
    Result<Position> position_at(Timestamp time) override {
        if (dead_) return crashed();
        return inner_->position_at(time);
    }
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override {
        if (dead_) return crashed();
        return inner_->streams(prefix, after, limit);
    }
    Result<std::optional<StreamInfo>> stream(std::string_view name) override {
        if (dead_) return crashed();
        return inner_->stream(name);
    }
    Result<StreamRetention> retention(std::string_view stream) override {
        if (dead_) return crashed();
        return inner_->retention(stream);
    }
    std::optional<Removals> removals() const override { return inner_->removals(); }
    Result<StoreInfo> info() override {
        if (dead_) return crashed();
        return inner_->info();
    }
    Result<CompactReport> compact(const CompactOptions& options) override {
        if (dead_) return crashed();
        return inner_->compact(options);
    }
    bool closed() const override { return dead_ || inner_->closed(); }
    Result<> close() override {
        dead_ = true;
        inner_->wake_waiters();
        return {};
    }

private:
    Error die() {
        dead_ = true;
        fuse_->crashed = true;
        inner_->wake_waiters();
        return crashed();
    }

    std::shared_ptr<Engine> inner_;
    std::shared_ptr<Fuse> fuse_;
    std::atomic<bool> dead_ = false;
};

}  // namespace

std::shared_ptr<Engine> crashing_engine(std::shared_ptr<Engine> inner, std::shared_ptr<Fuse> fuse) {
    return std::make_shared<CrashingEngine>(std::move(inner), std::move(fuse));
}

}  // namespace varve::testing
