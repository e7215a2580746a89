#include "server/kurrent/read_event.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace varve::kurrent {

namespace {

constexpr std::string_view link_type = "$>";

struct LinkTarget {
    std::string stream;
    Revision revision;
};

/// Of a link's data, `12@stream`.
std::optional<LinkTarget> target_of(std::string_view data) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(data.data(), data.data() + data.size(), number);
    if (fault != std::errc{} || end == data.data() + data.size() || *end != '@') return {};
    return LinkTarget{std::string(end + 1, data.data() + data.size()), Revision{number}};
}

/// Leaves the event absent where the target is gone.
void put_target(const Store& store, const Event& link, IdForm ids, v1::ReadResp::ReadEvent& out) {
    const auto target = target_of(link.data);
    if (!target) return;
    auto cursor = store.read({.source = Stream{target->stream}, .from_revision = target->revision, .limit = 1});
    if (!cursor.ok()) return;
    const Event* event = cursor->next();
    if (event != nullptr && event->revision == target->revision) put_event(*event, ids, *out.mutable_event());
}

}  // namespace

void put_read_event(const Store& store, const ReadPlan& plan, const Event& event, v1::ReadResp::ReadEvent& out) {
    out.set_commit_position(event.position.value);
    if (plan.from_index) {
        if (!plan.resolve_links) return put_index_link(event, plan.stream, plan.ids, *out.mutable_event());
        put_index_link(event, plan.stream, plan.ids, *out.mutable_link());
        return put_event(event, plan.ids, *out.mutable_event());
    }
    if (!plan.resolve_links || event.type != link_type) return put_event(event, plan.ids, *out.mutable_event());
    put_event(event, plan.ids, *out.mutable_link());
    put_target(store, event, plan.ids, out);
}

}  // namespace varve::kurrent
