#include "server/kurrent/read_plan.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "server/kurrent/failure.hpp"

namespace varve::kurrent {

namespace {

using Options = v1::ReadReq::Options;

constexpr std::string_view category_prefix = "$ce-";
constexpr std::string_view type_prefix = "$et-";
constexpr std::uint32_t window_default = 32;

bool is_backward(const Options& options) {
    return options.read_direction() == Options::Backwards;
}

/// The parts of which each request has exactly one kind, and which go together.
std::optional<net::Status> fault_of(const Options& options) {
    const auto missing = [](std::string_view what) { return invalid(fmt::format("{} is a required argument", what)); };
    if (!options.has_stream() && !options.has_all()) return missing("the stream, or all,");
    if (!options.has_count() && !options.has_subscription()) return missing("the count, or subscription,");
    if (!options.has_filter() && !options.has_no_filter()) return missing("the filter, or no_filter,");
    if (!options.uuid_option().has_structured() && !options.uuid_option().has_string()) return missing("uuid_option");
    const bool filtered_stream = options.has_stream() && options.has_filter();
    const bool backward_subscription = is_backward(options) && options.has_subscription();
    if (filtered_stream || backward_subscription) {
        return invalid(fmt::format(
            "The combination of stream option '{}', read direction '{}', {} and {} is invalid.",
            options.has_stream() ? "Stream" : "All", is_backward(options) ? "Backwards" : "Forwards",
            options.has_subscription() ? "subscription" : "count", options.has_filter() ? "a filter" : "no filter"));
    }
    return {};
}

Source source_of(std::string_view stream, bool& from_index) {
    from_index = true;
    if (stream.starts_with(category_prefix)) return Category{std::string(stream.substr(category_prefix.size()))};
    if (stream.starts_with(type_prefix)) return Query{{{.types = {std::string(stream.substr(type_prefix.size()))}}}};
    from_index = false;
    return Stream{std::string(stream)};
}

/// A place among the revisions of a stream; of one that the index answers, they are positions.
void begin_at(std::uint64_t revision, ReadPlan& plan) {
    if (plan.from_index) {
        plan.selection.from = Position{revision};
    } else {
        plan.selection.from_revision = Revision{revision};
    }
}

void plan_stream(const Options::StreamOptions& stream, Position head, ReadPlan& plan) {
    plan.stream = name_of(stream.stream_identifier());
    plan.selection.source = source_of(plan.stream, plan.from_index);
    const bool backward = plan.selection.direction == Direction::backward;
    const bool at_end = stream.has_end() || (stream.has_revision() && stream.revision() == no_number);
    if (plan.subscription) {
        if (at_end) plan.selection.from = head;
        if (!at_end && stream.has_revision()) begin_at(stream.revision() + 1, plan);
    } else if (at_end) {
        plan.nothing = !backward;
    } else if (stream.has_revision()) {
        plan.asked = Revision{stream.revision()};
        begin_at(stream.revision(), plan);
    } else if (backward) {
        begin_at(0, plan);
    }
}

void plan_all(const Options::AllOptions& all, Position head, ReadPlan& plan) {
    const bool backward = plan.selection.direction == Direction::backward;
    const bool at_end = all.has_end() || (all.has_position() && all.position().commit_position() == no_number);
    const std::uint64_t at = all.position().commit_position();
    if (plan.subscription) {
        if (at_end) plan.selection.from = head;
        if (!at_end && all.has_position()) plan.selection.from = Position{at + 1};
    } else if (at_end) {
        plan.nothing = !backward;
    } else if (!backward) {
        if (all.has_position()) plan.selection.from = Position{at};
    } else if (all.has_position() && at > 0) {
        plan.selection.from = Position{at - 1};
    } else {
        plan.nothing = true;
    }
}

std::optional<net::Status> plan_filter(const Options::FilterOptions& options, ReadPlan& plan) {
    if (!options.has_max() && !options.has_count()) return invalid("the filter's window is a required argument");
    const std::uint64_t window = options.has_max() ? options.max() : window_default;
    if (plan.subscription) {
        plan.checkpoint_every = window * options.checkpoint_interval_multiplier();
        if (plan.checkpoint_every == 0)
            return invalid("the filter's window and its checkpoint interval multiplier must be at least one");
    }
    if (!options.has_stream_identifier() && !options.has_event_type())
        return invalid("the filter is a required argument: of stream_identifier or event_type");
    const auto of = options.has_stream_identifier() ? Filter::Of::stream : Filter::Of::type;
    const auto& expression = options.has_stream_identifier() ? options.stream_identifier() : options.event_type();
    if (expression.prefix_size() > 0) {
        plan.filter = Filter::by_prefix(of, {expression.prefix().begin(), expression.prefix().end()});
        return {};
    }
    auto made = Filter::by_regex(of, expression.regex());
    if (!made.ok()) return invalid(std::move(made).error().message);
    plan.filter = std::move(*made);
    return {};
}

}  // namespace

std::variant<ReadPlan, net::Status> plan_of(const Options& options, Position head) {
    if (auto fault = fault_of(options)) return std::move(*fault);
    ReadPlan plan;
    plan.selection.direction = is_backward(options) ? Direction::backward : Direction::forward;
    plan.resolve_links = options.resolve_links();
    plan.subscription = options.has_subscription();
    plan.count = options.count();
    plan.ids = options.uuid_option().has_string() ? IdForm::text : IdForm::structured;
    plan.compatibility = options.control_option().compatibility();
    if (options.has_filter()) {
        if (auto fault = plan_filter(options.filter(), plan)) return std::move(*fault);
    }
    if (options.has_stream()) {
        plan_stream(options.stream(), head, plan);
        if (plan.stream.empty()) return invalid("'' is not a valid stream name: it is empty");
    } else {
        plan_all(options.all(), head, plan);
    }
    if (!plan.subscription && !plan.filter) plan.selection.limit = plan.count;
    if (!plan.subscription && plan.count == 0) plan.nothing = true;
    return plan;
}

}  // namespace varve::kurrent
