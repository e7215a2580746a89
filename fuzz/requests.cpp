// What strangers send to the server, before it reaches the store: requests of the KurrentDB protocol, and URLs. The first byte
// chooses which. Whatever comes is refused in words or becomes something that the store may be asked; what becomes an event passes
// the store's own door, or is refused there.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "server/http/parameters.hpp"
#include "server/http/selecting.hpp"
#include "server/kurrent/proposal.hpp"
#include "server/kurrent/read_plan.hpp"
#include "server/kurrent/v2_record.hpp"
#include "varve/event.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void refused_in_words(const varve::net::Status& status) {
    require(status.code != 0 && !status.message.empty());
}

void check_event(std::variant<varve::NewEvent, varve::net::Status> made) {
    if (const auto* refused = std::get_if<varve::net::Status>(&made)) return refused_in_words(*refused);
    auto& event = std::get<varve::NewEvent>(made);
    require(!event.id.is_nil() && !event.type.empty());
    event.stream = "s";
    static_cast<void>(varve::check(event));
}

template <class Message>
bool parsed(std::string_view bytes, Message& message) {
    return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

void read_request(std::string_view bytes) {
    varve::kurrent::v1::ReadReq request;
    if (!parsed(bytes, request)) return;
    auto made = varve::kurrent::plan_of(request.options(), varve::Position{1000});
    if (const auto* refused = std::get_if<varve::net::Status>(&made)) return refused_in_words(*refused);
    const auto& plan = std::get<varve::kurrent::ReadPlan>(made);
    require(plan.subscription || plan.nothing || plan.count > 0);
    if (!plan.filter) return;
    varve::Event event{};
    for (const std::string_view name :
         {"", "account-1", "$$account-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}) {
        event.stream = event.type = name;
        static_cast<void>(plan.filter->matches(event));
    }
}

void url(std::string_view bytes) {
    for (const std::string_view stream : {std::string_view(), std::string_view("account-1")}) {
        const auto selection = varve::server::http::selection_of(bytes, stream);
        require(selection.ok() || !selection.error().message.empty());
    }
    const auto text = varve::server::http::decoded(bytes, false);
    require(!text.ok() || text->size() <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 4) {
        case 0: read_request(bytes); break;
        case 1: {
            varve::kurrent::v1::AppendReq::ProposedMessage proposed;
            if (parsed(bytes, proposed)) check_event(varve::kurrent::event_of(proposed));
            break;
        }
        case 2: {
            varve::kurrent::v2::AppendRecord record;
            if (parsed(bytes, record)) check_event(varve::kurrent::v2::event_of(record, "s"));
            break;
        }
        default: url(bytes);
    }
    return 0;
}
