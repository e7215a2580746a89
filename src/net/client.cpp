#include "net/client.hpp"

#include <map>
#include <utility>
#include <vector>

#include "net/client_link.hpp"
#include "net/connecting.hpp"
#include "net/grpc_metadata.hpp"
#include "net/outgoing_call.hpp"

namespace varve::net {
namespace {

using CallPtr = std::shared_ptr<OutgoingCall>;

std::string authority_of(const ClientOptions& options) {
    const bool numbers_of_six = options.host.find(':') != std::string::npos;
    return (numbers_of_six ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
}

void end_all(const std::vector<CallPtr>& calls, const Status& status) {
    for (const CallPtr& call : calls) call->end_with(status);
}

/// Begun when its client was going.
class DeadCall final : public ClientCall {
public:
    void send(std::string_view /*message*/) override {}
    void half_close() override {}
    void cancel() override {}
    void pause() override {}
    void resume() override {}
};

Status client_gone() {
    return Status::of({.code = Code::cancelled, .message = "the client was closed"});
}

/// Calls wait in order for a connection with room for them. There is one that takes new calls, and some that were told to
/// take no more and still have calls.
class LoopClient final : public Client, public CallBook, public LinkOwner {
public:
    LoopClient(Loop& loop, ClientOptions options)
        : loop_(loop), options_(std::move(options)), authority_(authority_of(options_)) {}
    ~LoopClient() override;

    [[nodiscard]] std::shared_ptr<ClientCall> call(std::string_view path, const Metadata& metadata,
                                                   Clock::time_point deadline,
                                                   std::shared_ptr<Answers> answers) override;
    [[nodiscard]] std::size_t calls() const override { return calls_.size(); }

    // CallBook:
    void ended(std::uint64_t number) override;

    // LinkOwner:
    void turned(ClientLink& link) override;
    void over(ClientLink& link, const std::string& why) override;

private:
    void work_later();
    void work();
    void open_waiting();
    void connect();
    void connected(Result<Descriptor> socket);
    void too_late();
    void stop_clock();
    /// The calls that wait end. Nothing of the client is touched afterwards.
    void give_up(std::string why);

    Loop& loop_;
    const ClientOptions options_;
    const std::string authority_;

    std::uint64_t last_number_ = 0;
    std::map<std::uint64_t, CallPtr> calls_;
    std::map<std::uint64_t, CallPtr> waiting_;  ///< of them: without a stream
    std::unique_ptr<Connecting> connecting_;
    std::shared_ptr<ClientLink> link_;
    std::vector<std::shared_ptr<ClientLink>> leaving_;
    Loop::TimerId clock_ = 0;  ///< until the connection is made, and the server has greeted
    std::shared_ptr<bool> here_ = std::make_shared<bool>(true);
    bool working_later_ = false;
    bool closing_ = false;
};

LoopClient::~LoopClient() {
    closing_ = true;
    stop_clock();
    connecting_.reset();
    std::vector<CallPtr> calls;
    for (const auto& [number, call] : calls_) calls.push_back(call);
    end_all(calls, client_gone());
    if (link_) leaving_.push_back(std::move(link_));
    for (const auto& link : leaving_) link->drop();
}

std::shared_ptr<ClientCall> LoopClient::call(std::string_view path, const Metadata& metadata,
                                             Clock::time_point deadline, std::shared_ptr<Answers> answers) {
    if (closing_) {
        // Not from here: whoever begins another call at each end would never come to an end.
        loop_.defer([answers = std::move(answers)] { answers->on_end(client_gone()); });
        return std::make_shared<DeadCall>();
    }
    const std::uint64_t number = ++last_number_;
    auto call = std::make_shared<OutgoingCall>(loop_, *this,
                                               OutgoingCall::Begin{.number = number,
                                                                   .path = std::string(path),
                                                                   .fields = to_wire(metadata),
                                                                   .deadline = deadline,
                                                                   .answers = std::move(answers),
                                                                   .message_bytes = options_.message_bytes});
    calls_.emplace(number, call);
    waiting_.emplace(number, call);
    call->arm_deadline();
    // Whoever calls is not to be called back from here: what may fail is done later.
    if (link_ && link_->room()) {
        open_waiting();
    } else {
        work_later();
    }
    return call;
}

void LoopClient::ended(std::uint64_t number) {
    waiting_.erase(number);
    calls_.erase(number);
}

void LoopClient::turned(ClientLink& link) {
    if (&link != link_.get()) return;
    if (link.greeted_yet()) stop_clock();
    work();
}

void LoopClient::over(ClientLink& link, const std::string& why) {
    const bool useful = link.useful();
    std::erase_if(leaving_, [&](const auto& one) { return one.get() == &link; });
    if (link_.get() != &link) return;
    link_.reset();
    stop_clock();
    // Calls that have waited for their turn are no worse off on the next connection. But where not even one had its turn,
    // the next will not be better.
    if (!useful) return give_up(why);
    if (!waiting_.empty()) work_later();
}

void LoopClient::work_later() {
    if (std::exchange(working_later_, true)) return;
    loop_.defer([this, here = std::weak_ptr(here_)] {
        if (here.expired()) return;
        working_later_ = false;
        work();
    });
}

void LoopClient::work() {
    open_waiting();
    if (link_ && link_->leaving() && (link_->useful() || waiting_.empty())) {
        stop_clock();
        leaving_.push_back(std::move(link_));
    }
    if (!waiting_.empty() && !link_ && !connecting_) connect();
}

void LoopClient::open_waiting() {
    while (!waiting_.empty() && link_ && link_->room()) {
        const CallPtr call = waiting_.begin()->second;
        if (link_->open(call)) waiting_.erase(waiting_.begin());
    }
}

void LoopClient::connect() {
    clock_ = loop_.at(Clock::now() + options_.connecting, [this] {
        clock_ = 0;
        too_late();
    });
    connecting_ = std::make_unique<Connecting>(loop_, options_.host, options_.port,
                                               [this](Result<Descriptor> socket) { connected(std::move(socket)); });
    connecting_->start();
}

void LoopClient::connected(Result<Descriptor> socket) {
    const auto done = std::move(connecting_);
    if (!socket.ok()) return give_up(socket.error().message);
    link_ = std::make_shared<ClientLink>(
        loop_, *this,
        ClientLink::Options{
            .authority = authority_, .keepalive = options_.keepalive, .keepalive_timeout = options_.keepalive_timeout},
        *std::move(socket));
    const auto link = link_;
    if (auto started = link->start(); !started.ok()) link->close(started.error().message);
}

void LoopClient::too_late() {
    const std::string why = authority_ + " did not answer within " + std::to_string(options_.connecting.count()) +
                            " ms; is it there, and a server of gRPC?";
    connecting_.reset();
    if (link_) return link_->close(why);
    give_up(why);
}

void LoopClient::stop_clock() {
    if (clock_ != 0) loop_.cancel(std::exchange(clock_, 0));
}

void LoopClient::give_up(std::string why) {
    stop_clock();
    std::vector<CallPtr> calls;
    for (const auto& [number, call] : waiting_) calls.push_back(call);
    end_all(calls, Status::of({.code = Code::unavailable, .message = std::move(why)}));
}

}  // namespace

std::unique_ptr<Client> Client::make(Loop& loop, ClientOptions options) {
    return std::make_unique<LoopClient>(loop, std::move(options));
}

}  // namespace varve::net
