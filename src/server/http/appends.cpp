#include "server/http/appends.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "server/http/answers.hpp"
#include "server/http/parameters.hpp"
#include "text/error_json.hpp"
#include "text/event_json.hpp"
#include "text/query_json.hpp"
#include "varve/json_value.hpp"
#include "varve/store.hpp"

namespace varve::server::http {

namespace {

Error bad(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

/// `any`, `none`, `exists` or a revision.
std::optional<Expected> expected_of(std::string_view text) {
    if (text == "any") return Expected::any();
    if (text == "none") return Expected::none();
    if (text == "exists") return Expected::exists();
    std::uint64_t revision = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), revision);
    if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return {};
    return Expected::exact(Revision{revision});
}

Error no_expectation(std::string_view text) {
    return bad(fmt::format("'{}' is nothing that can be expected of a stream: any, none, exists or a revision", text));
}

/// One event, or an array of them.
Result<std::vector<NewEvent>> events_of(JsonValue value, const std::string& stream) {
    std::vector<NewEvent> events;
    const auto add = [&](JsonValue one) -> Result<> {
        auto event = text::parse_event_line(one.text(), {.stream = stream, .type = {}});
        if (!event.ok()) return std::move(event).within(fmt::format("event {}", events.size() + 1)).error();
        events.push_back(*std::move(event));
        return {};
    };
    if (value.kind() != JsonKind::array) {
        if (Result<> added = add(value); !added.ok()) return std::move(added).error();
        return events;
    }
    for (const JsonValue one : value.elements()) {
        if (Result<> added = add(one); !added.ok()) return std::move(added).error();
    }
    if (events.empty()) return bad("there is no event in the body");
    return events;
}

/// {"stream":"s","expected":"none"} or {"unless":[query items],"after":12}.
Result<Condition> condition_of(JsonValue value) {
    if (const auto stream = value.find("stream")) {
        const auto name = stream->as_string();
        const auto wanted = value.find("expected");
        if (!name || !wanted) return bad("a condition on a stream has a text 'stream', and 'expected'");
        const std::string text =
            wanted->kind() == JsonKind::string ? std::string(*wanted->as_string()) : wanted->text();
        const auto expected = expected_of(text);
        if (!expected) return no_expectation(text);
        return Condition(StreamIs{std::string(*name), *expected});
    }
    const auto unless = value.find("unless");
    if (!unless) return bad("a condition has 'stream' and 'expected', or 'unless' and 'after'");
    auto query = text::parse_query(unless->text());
    if (!query.ok()) return std::move(query).within("unless").error();
    NoEventMatches condition{*std::move(query), {}};
    if (const auto after = value.find("after"); after && !after->is_null()) {
        const auto position = after->as_uint64();
        if (!position) return bad("'after' is the position of an event, or left out");
        condition.after = Position{*position};
    }
    return Condition(std::move(condition));
}

Result<Commit> commit_of(JsonValue root) {
    if (root.kind() != JsonKind::object) return bad("a commit is an object with 'events'");
    Commit commit;
    for (const auto& [name, value] : root.members()) {
        if (name == "events") {
            auto events = events_of(value, {});
            if (!events.ok()) return std::move(events).error();
            commit.events = *std::move(events);
        } else if (name == "conditions") {
            if (value.kind() != JsonKind::array) return bad("'conditions' is an array");
            for (const JsonValue one : value.elements()) {
                auto condition = condition_of(one);
                if (!condition.ok())
                    return std::move(condition).within(fmt::format("condition {}", commit.conditions.size())).error();
                commit.conditions.push_back(*std::move(condition));
            }
        } else if (name == "commandId") {
            const auto id = value.as_string();
            if (!id) return bad("'commandId' is a text");
            commit.command_id = *id;
        } else {
            return bad(fmt::format("unknown field '{}' (known: events, conditions, commandId)", name));
        }
    }
    return commit;
}

void append(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange, Commit commit) {
    constexpr unsigned created = 201, there_already = 200;
    backend.store.append(std::move(commit),
                         [exchange](Result<Receipt> outcome) {
                             exchange->loop().post([exchange, outcome = std::move(outcome)] {
                                 if (!outcome.ok()) return refuse(*exchange, outcome.error());
                                 respond_json(*exchange, outcome->repeated ? there_already : created,
                                              text::receipt_json(*outcome));
                             });
                         },
                         {.when_full = WhenFull::refuse});
}

}  // namespace

void append_to(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange, const std::string& stream) {
    const auto given = Parameters::parse(exchange->request().query, {"expect"});
    if (!given.ok()) return refuse(*exchange, given.error());
    const std::string_view text = given->find("expect").value_or("any");
    const auto expected = expected_of(text);
    if (!expected) return refuse(*exchange, no_expectation(text));
    const auto body = parse_json(exchange->request().body);
    if (!body.ok()) return refuse(*exchange, body.error());
    auto events = events_of(body->root(), stream);
    if (!events.ok()) return refuse(*exchange, events.error());
    for (const NewEvent& event : *events) {
        if (event.stream != stream)
            return refuse(*exchange, bad("an event names another stream than the URL; leave its stream out"));
    }
    append(backend, exchange, Commit{}.append(stream, *expected, *std::move(events)));
}

void append_commit(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange) {
    const auto body = parse_json(exchange->request().body);
    if (!body.ok()) return refuse(*exchange, body.error());
    auto commit = commit_of(body->root());
    if (!commit.ok()) return refuse(*exchange, commit.error());
    append(backend, exchange, *std::move(commit));
}

}  // namespace varve::server::http
