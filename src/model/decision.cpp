#include "varve/decision.hpp"

#include <iterator>
#include <utility>

namespace varve {

namespace detail {

Result<NewEvent> new_event_of(const EventForm& form, const void* event) {
    auto data = encode(form, event);
    if (!data.ok()) return std::move(data).error();
    NewEvent encoded{.stream = {}, .type = std::string(form.name), .data = std::move(*data)};
    if (form.format == Format::cbor) encoded.content_type = cbor_content;
    if (form.tags != nullptr) encoded.tags = form.tags(event);
    return encoded;
}

void add_encoded(Addressed& addressed, Result<NewEvent> event) {
    if (event.ok()) {
        addressed.events.push_back(std::move(*event));
    } else if (!addressed.error) {
        addressed.error = std::move(event).error();
    }
}

}  // namespace detail

Decision Decision::rejected(std::string reason, std::string message) {
    Decision decision;
    decision.rejection_ =
        Error{.code = Code::failed_precondition, .message = std::move(message), .reason = std::move(reason)};
    return decision;
}

Decision& Decision::require(Condition condition) & {
    conditions_.push_back(std::move(condition));
    return *this;
}

Decision& Decision::add(Addressed addressed) {
    for (auto& [place, encode] : addressed.later) {
        Result<NewEvent> event = encode();
        if (event.ok()) {
            addressed.events[place] = std::move(*event);
        } else if (!addressed.error) {
            addressed.error = std::move(event).error();
        }
    }
    if (addressed.error && !error_) error_ = std::move(addressed.error);
    for (NewEvent& event : addressed.events) add_encoded(addressed.stream, std::move(event));
    return *this;
}

void Decision::add_fact(const detail::EventForm& form, const void* event) {
    add_encoded({}, detail::new_event_of(form, event));
}

void Decision::add_encoded(std::string_view stream, Result<NewEvent> event) {
    if (!event.ok()) {
        if (!error_) error_ = std::move(event).error();
        return;
    }
    event->stream = stream;
    events_.push_back(std::move(*event));
}

Decision reject(std::string reason, std::string message) {
    return Decision::rejected(std::move(reason), std::move(message));
}

}  // namespace varve
