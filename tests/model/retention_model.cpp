#include "model/retention_model.hpp"

#include <algorithm>

namespace varve::proof {

std::size_t RetentionModel::settings(const std::string& stream) const {
    std::size_t found = all_.size();
    for (std::size_t n = 0; n < all_.size(); ++n) {
        if (all_[n].note.stream != stream || all_[n].note.kind == Note::Kind::plain) continue;
        if (mistake_ == Forgetting::first_settings_count && found != all_.size()) break;
        found = n;
    }
    return found;
}

bool RetentionModel::truncated(const Kept& event, std::size_t place, std::size_t in_force) const {
    if (in_force == all_.size()) return false;
    const Note& rules = all_[in_force].note;
    if (rules.kind == Note::Kind::tombstone) return true;
    if (!rules.keeps.truncate_before) return false;
    if (place > in_force && mistake_ != Forgetting::truncates_the_future) return false;
    const std::uint64_t before = rules.keeps.truncate_before->value;
    return event.revision < before || (mistake_ == Forgetting::truncates_itself && event.revision == before);
}

std::vector<std::uint64_t> RetentionModel::read(const std::string& stream, Timestamp now) const {
    const std::size_t in_force = settings(stream);
    const Retention keeps = in_force == all_.size() ? Retention{} : all_[in_force].note.keeps;
    const auto end = last(stream);
    std::vector<std::uint64_t> shown;
    for (std::size_t n = 0; n < all_.size(); ++n) {
        const Kept& event = all_[n];
        if (event.note.stream != stream || event.note.kind != Note::Kind::plain) continue;
        const std::uint64_t behind = end->value - event.revision + (mistake_ == Forgetting::counts_one_less ? 1 : 0);
        const bool too_many = keeps.max_count && behind >= *keeps.max_count;
        const auto age = now - event.created;
        const bool too_old = keeps.max_age && (age > *keeps.max_age ||
                                               (mistake_ == Forgetting::exact_age_is_old && age == *keeps.max_age));
        const int reasons = int{truncated(event, n, in_force)} + int{too_many} + int{too_old};
        if (reasons <= (mistake_ == Forgetting::one_rule_is_enough ? 1 : 0)) shown.push_back(event.revision);
    }
    return shown;
}

std::optional<Revision> RetentionModel::last(const std::string& stream) const {
    std::optional<Revision> last;
    for (const Kept& event : all_) {
        if (event.note.stream == stream && event.note.kind == Note::Kind::plain) last = Revision{event.revision};
    }
    return last;
}

StreamState RetentionModel::state(const std::string& stream) const {
    const std::size_t in_force = settings(stream);
    if (in_force < all_.size() && all_[in_force].note.kind == Note::Kind::tombstone) return StreamState::tombstoned;
    bool any = false;
    for (std::size_t n = 0; n < all_.size(); ++n) {
        if (all_[n].note.stream != stream || all_[n].note.kind != Note::Kind::plain) continue;
        if (!truncated(all_[n], n, in_force)) return StreamState::live;
        any = true;
    }
    return any ? StreamState::deleted : StreamState::absent;
}

RetentionModel::Answer RetentionModel::append(const std::vector<Note>& notes, const std::vector<StreamIs>& conditions,
                                              Timestamp now) {
    for (const Note& note : notes) {
        if (mistake_ == Forgetting::tombstone_overlooked) break;
        if (state(note.stream) == StreamState::tombstoned) return {.code = Code::failed_precondition};
    }
    for (const auto& [stream, expected] : conditions) {
        StreamState now_is = state(stream);
        auto end = last(stream);
        if (now_is == StreamState::deleted && mistake_ == Forgetting::deleted_exists) now_is = StreamState::live;
        if (now_is == StreamState::deleted && mistake_ == Forgetting::deleted_has_no_last) end.reset();
        if (!expected.holds(now_is, end)) return {.code = Code::aborted};
    }
    Answer answer;
    for (const Note& note : notes) {
        const std::uint64_t revision = add(note, now);
        if (note.kind == Note::Kind::plain) answer.revisions.push_back(revision);
    }
    return answer;
}

std::uint64_t RetentionModel::add(const Note& note, Timestamp created) {
    const auto end = last(note.stream);
    const bool anew = mistake_ == Forgetting::begins_at_zero && state(note.stream) == StreamState::deleted;
    const std::uint64_t revision = end && !anew ? end->value + 1 : 0;
    all_.push_back({.note = note, .revision = revision, .created = created});
    return revision;
}

void RetentionModel::cut(std::size_t notes) {
    all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(notes), all_.end());
}

}  // namespace varve::proof
