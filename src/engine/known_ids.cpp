#include "engine/known_ids.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"
#include "log/record.hpp"

namespace varve::engine {

KnownIds::KnownIds(std::shared_ptr<Past> past, std::size_t window, std::uint64_t seed)
    : past_(std::move(past)),
      window_(window),
      seed_(seed),
      events_(window),
      commands_(window),
      ready_(past_->end() == Position{0}) {}

std::uint64_t KnownIds::hash(const EventId& id) const {
    return xxh3_64({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}, seed_);
}

std::uint64_t KnownIds::hash(std::string_view command_id) const {
    return xxh3_64(command_id, seed_);
}

Result<> KnownIds::build() {
    const std::lock_guard lock(building_);
    return complete_ ? Result<>() : read_on();
}

Result<> KnownIds::read_on() {
    if (reader_ == nullptr) {
        const Position end = past_->end();
        auto reader = past_->blocks(end - std::min<std::uint64_t>(end.value, window_));
        if (!reader) return std::move(reader).error();
        reader_ = *std::move(reader);
    }
    for (;;) {
        if (stopped_) return Error{Code::failed_precondition, "the store is closed; open it again to append"};
        const auto block = reader_->next();
        if (!block) {
            reader_.reset();
            return Error(block.error())
                .within(
                    "the ids of recent events cannot be read, so that nobody can tell whether the commit is a repeat");
        }
        if (*block == nullptr) return {};
        records_.clear();
        commits_.clear();
        if (auto read = log::record_offsets((*block)->payload, (*block)->events, records_, commits_); !read)
            return read;
        add_payload((*block)->payload, (*block)->first);
        reached_ = (*block)->head_after().next;
    }
}

void KnownIds::add_payload(std::string_view payload, Position first) {
    for (const log::BlockCommit& commit : commits_) {
        for (std::uint32_t i = commit.first; i < commit.first + commit.events; ++i) {
            if (records_[i] == log::record_removed) continue;
            events_.add(hash(log::id_of(payload.substr(records_[i]))), first + i);
        }
        if (!commit.command_id.empty()) commands_.add(hash(commit.command_id), first + commit.first);
    }
}

Result<bool> KnownIds::ready(const Pending& pending) {
    if (ready_) return true;
    const std::unique_lock lock(building_, std::try_to_lock);
    if (!lock || reader_ == nullptr) return false;
    // The log may have grown since build() by what was written without asking for ids: a few blocks.
    if (auto read = read_on(); !read) return std::move(read).error();
    if (pending.writing != nullptr) add_pending(*pending.writing);
    add_pending(*pending.open);
    reader_.reset();
    complete_ = true;
    ready_ = true;
    return true;
}

void KnownIds::add_pending(const Group& group) {
    // The group in writing may be in the log by now, and read.
    if (group.first < reached_) return;
    records_.clear();
    commits_.clear();
    if (log::record_offsets(group.payload, group.events, records_, commits_)) add_payload(group.payload, group.first);
}

void KnownIds::add(std::span<const std::uint64_t> ids, std::string_view command_id, Position first) {
    if (!ready_) return;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i + ahead < ids.size()) events_.prefetch_add(ids[i + ahead]);
        events_.add(ids[i], first + i);
    }
    if (!command_id.empty()) commands_.add(hash(command_id), first);
}

void KnownIds::forget(const Group& group) {
    if (!ready_) return;
    std::vector<std::uint32_t> records;
    std::vector<log::BlockCommit> commits;
    if (!log::record_offsets(group.payload, group.events, records, commits)) return;
    for (std::uint32_t i = 0; i < group.events; ++i) {
        events_.erase(hash(log::id_of(std::string_view(group.payload).substr(records[i]))), group.first + i);
    }
    for (const log::BlockCommit& commit : commits) {
        if (!commit.command_id.empty()) commands_.erase(hash(commit.command_id), group.first + commit.first);
    }
}

}  // namespace varve::engine
