#include "server/v1/pipeline.hpp"

#include <wire/store.pb.h>

#include <string>
#include <utility>

#include "server/unary.hpp"
#include "wire/answers.hpp"
#include "wire/commits.hpp"

namespace varve::server::v1 {

namespace {

namespace messages = varve::v1;

/// Of one call, on their way to the store: then it is read no further until half of them are answered.
constexpr std::size_t under_way_bytes = 4 << 20;

/// What goes on when the handler has gone.
struct Flight {
    std::size_t bytes = 0;
    bool paused = false;
    bool ended = false;  ///< the client sends no more
};

class PipelineCall final : public net::Handler {
public:
    PipelineCall(Backend& backend, std::shared_ptr<net::Call> call) : backend_(backend), call_(std::move(call)) {}

    void on_message(std::string_view message) override {
        messages::AppendRequest request;
        if (!request.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(malformed("the request is no valid protobuf message"));
        const std::uint64_t number = next_++;
        const std::size_t bytes = message.size() + 1;
        flight_->bytes += bytes;
        if (flight_->bytes > under_way_bytes && !std::exchange(flight_->paused, true)) call_->pause();
        auto answer = [call = call_, flight = flight_, number, bytes](Result<Receipt> outcome) {
            call->loop().post([=, outcome = std::move(outcome)] { tell(*call, *flight, number, bytes, outcome); });
        };
        auto commit = wire::commit_of(std::move(request));
        if (!commit.ok()) return answer(std::move(commit).error());
        backend_.store.append(*std::move(commit), std::move(answer), {.when_full = WhenFull::refuse});
    }
    void on_half_close() override {
        flight_->ended = true;
        if (flight_->bytes == 0) call_->finish({});
    }

private:
    static void tell(net::Call& call, Flight& flight, std::uint64_t number, std::size_t bytes,
                     const Result<Receipt>& outcome) {
        messages::AppendOutcome message;
        message.set_number(number);
        if (outcome.ok()) {
            wire::put(*outcome, *message.mutable_receipt());
        } else {
            wire::put(outcome.error(), *message.mutable_failure());
        }
        call.send(message.SerializeAsString());
        flight.bytes -= bytes;
        if (flight.bytes <= under_way_bytes / 2 && std::exchange(flight.paused, false)) call.resume();
        if (flight.ended && flight.bytes == 0) call.finish({});
    }

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    std::shared_ptr<Flight> flight_ = std::make_shared<Flight>();
    std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<net::Handler> pipeline_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return std::make_unique<PipelineCall>(backend, call);
}

}  // namespace varve::server::v1
