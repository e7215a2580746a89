#include "wire/events.hpp"

#include <utility>

#include "wire/commits.hpp"

namespace varve::wire {

namespace {

void put_source(const Source& source, v1::Selection& out) {
    if (std::holds_alternative<All>(source)) {
        out.mutable_all();
    } else if (const auto* stream = std::get_if<Stream>(&source)) {
        out.mutable_stream()->set_name(stream->name);
    } else if (const auto* category = std::get_if<Category>(&source)) {
        out.mutable_category()->set_name(category->name);
    } else {
        put(std::get<Query>(source), *out.mutable_query());
    }
}

}  // namespace

void put(const Selection& selection, v1::Selection& out) {
    put_source(selection.source, out);
    out.set_backward(selection.direction == Direction::backward);
    if (selection.from) out.set_from(selection.from->value);
    if (selection.until) out.set_until(selection.until->value);
    if (selection.from_revision) out.set_from_revision(selection.from_revision->value);
    if (selection.until_revision) out.set_until_revision(selection.until_revision->value);
    if (selection.as_of) out.set_as_of(micros_of(*selection.as_of));
    if (selection.limit != no_limit) out.set_limit(selection.limit);
}

Result<Selection> selection_of(const v1::Selection& in) {
    Selection made;
    switch (in.source_case()) {
        case v1::Selection::kAll: made.source = All{}; break;
        case v1::Selection::kStream: made.source = Stream{in.stream().name()}; break;
        case v1::Selection::kCategory: made.source = Category{in.category().name()}; break;
        case v1::Selection::kQuery: made.source = query_of(in.query()); break;
        default:
            return Error{.code = Code::invalid_argument,
                         .message = "a selection has a source: all, stream, category or query"};
    }
    if (in.backward()) made.direction = Direction::backward;
    if (in.has_from()) made.from = Position{in.from()};
    if (in.has_until()) made.until = Position{in.until()};
    if (in.has_from_revision()) made.from_revision = Revision{in.from_revision()};
    if (in.has_until_revision()) made.until_revision = Revision{in.until_revision()};
    if (in.has_as_of()) made.as_of = time_of(in.as_of());
    if (in.has_limit()) made.limit = in.limit();
    return made;
}

void put(const Event& event, v1::Event& out) {
    out.set_position(event.position.value);
    out.set_revision(event.revision.value);
    out.set_id(bytes_of(event.id));
    out.set_created(micros_of(event.created));
    out.set_stream(event.stream.data(), event.stream.size());
    out.set_type(event.type.data(), event.type.size());
    out.set_content_type(event.content_type.data(), event.content_type.size());
    out.set_data(event.data.data(), event.data.size());
    out.set_metadata(event.metadata.data(), event.metadata.size());
    for (const std::string_view tag : event.tags) out.add_tags(tag.data(), tag.size());
}

Result<Event> event_of(const v1::Event& in, std::string& tags) {
    const auto id = id_of(in.id());
    if (!id.ok())
        return Error{.code = Code::data_loss, .message = "the server sent an event whose " + id.error().message};
    tags.clear();
    for (const std::string& tag : in.tags()) {
        tags += static_cast<char>(tag.size());
        tags += tag;
    }
    Event made{};
    made.position = Position{in.position()};
    made.revision = Revision{in.revision()};
    made.id = *id;
    made.created = time_of(in.created());
    made.stream = in.stream();
    made.type = in.type();
    made.content_type = in.content_type();
    made.data = in.data();
    made.metadata = in.metadata();
    made.tags = Tags(tags);
    return made;
}

}  // namespace varve::wire
