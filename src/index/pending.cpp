#include "index/pending.hpp"

#include <algorithm>

#include "varve/event.hpp"

namespace varve::index {

void Pending::add(const Entry& entry) {
    Run& run = add(streams_, entry.stream, entry).second;
    while (run.first + (run.positions.size() - 1) < entry.revision) {
        run.positions.push_back(entry.position);
        bytes_ += sizeof(Position);
    }
    add_often(TermKind::category, category_of(entry.stream), entry);
    if (!entry.type.empty()) add_often(TermKind::type, entry.type, entry);
    for (const std::string_view tag : entry.tags) add(terms_[at(TermKind::tag)], tag, entry);
    ++events_;
}

void Pending::add_often(TermKind kind, std::string_view name, const Entry& entry) {
    const auto last = static_cast<unsigned char>(name.empty() ? 0 : name.back());
    Runs::value_type*& slot = latest_[at(kind)][(name.size() + last) % often];
    if (slot != nullptr && slot->first == name) {
        add(*slot, entry);
    } else {
        slot = &add(terms_[at(kind)], name, entry);
    }
}

void Pending::add(Runs::value_type& run, const Entry& entry) {
    run.second.positions.push_back(entry.position);
    bytes_ += sizeof(Position);
}

Pending::Runs::value_type& Pending::add(Runs& runs, std::string_view name, const Entry& entry) {
    static constexpr std::uint64_t bytes_per_run = sizeof(Runs::value_type) + 64;
    auto found = runs.find(name);
    if (found == runs.end()) {
        found =
            runs.emplace(std::string(name), Run{.first = entry.revision, .positions = {}, .after_gap = entry.after_gap})
                .first;
        bytes_ += bytes_per_run + name.size();
    }
    add(*found, entry);
    return *found;
}

const Run* Pending::find(const Runs& runs, std::string_view name) {
    const auto found = runs.find(name);
    return found == runs.end() ? nullptr : &found->second;
}

const Run* Pending::stream(std::string_view name) const {
    return find(streams_, name);
}

const Run* Pending::term(const Term& term) const {
    return find(terms_[at(term.kind)], term.name);
}

std::vector<StreamInfo> Pending::streams(std::string_view prefix, std::string_view after, std::size_t limit) const {
    std::vector<Named> fitting;
    for (const auto& [name, run] : streams_) {
        if (name.starts_with(prefix) && name > after) fitting.emplace_back(name, &run);
    }
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, fitting.size()));
    std::partial_sort(fitting.begin(), fitting.begin() + count, fitting.end());
    std::vector<StreamInfo> heads;
    for (std::ptrdiff_t n = 0; n < count; ++n) {
        const auto& [name, run] = fitting[static_cast<std::size_t>(n)];
        heads.push_back(head_of(name, *run));
    }
    return heads;
}

std::vector<Pending::Named> Pending::sorted(const Runs& runs) {
    std::vector<Named> all;
    all.reserve(runs.size());
    for (const auto& [name, run] : runs) all.emplace_back(name, &run);
    std::sort(all.begin(), all.end());
    return all;
}

StreamInfo head_of(std::string_view name, const Run& run) {
    return {.name = std::string(name),
            .last = run.first + (run.positions.size() - 1),
            .last_position = run.positions.back()};
}

std::string_view fault_of(std::span<const Entry> entries, Position next, Position watermark_next) {
    if (watermark_next < next) return "its watermark goes back";
    for (const Entry& entry : entries) {
        if (entry.position < next) return "its positions do not ascend from the watermark on";
        next = entry.position + 1;
    }
    if (next > watermark_next) return "it reaches beyond its own watermark";
    return {};
}

}  // namespace varve::index
