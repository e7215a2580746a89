#include "log/reduced_payload.hpp"

#include <optional>
#include <utility>

#include "log/commit_walk.hpp"
#include "log/record.hpp"

namespace varve::log {
namespace {

class Reduction {
public:
    Reduction(const Block& block, std::span<const std::uint32_t> records, std::span<const Leave> leave)
        : block_(block), records_(records), leave_(leave) {}

    ReducedPayload run() {
        CommitPlace commit;
        for (std::uint32_t at = 0; at != block_.payload.size(); at += commit.bytes) {
            if (!commit_at(block_.payload, at, commit).empty()) break;
            add(commit);
            event_ += commit.events;
        }
        return std::move(reduced_);
    }

private:
    [[nodiscard]] bool stays(std::uint32_t event) const {
        return records_[event] != record_removed && leave_[event] != Leave::nothing;
    }

    void add(const CommitPlace& commit) {
        std::uint32_t kept = 0;
        for (std::uint32_t i = 0; i < commit.events; ++i) kept += stays(event_ + i) ? 1U : 0U;
        if (kept == 0) {
            reduced_.records.resize(reduced_.records.size() + commit.events, record_removed);
            return add_removed(commit);
        }
        last_removed_.reset();
        const std::size_t begin = reduced_.bytes.size();
        CommitPlace place{.events = commit.events, .flags = kept == commit.events ? std::uint16_t{0} : commit_partial};
        reduced_.bytes += std::string(commit_header_bytes, '\0');
        reduced_.bytes += extension_of(commit);
        if (kept != commit.events) add_map(commit);
        for (std::uint32_t i = 0; i < commit.events; ++i) add_record(event_ + i);
        place.bytes = static_cast<std::uint32_t>(reduced_.bytes.size() - begin);
        place.extension_bytes = commit.extension_bytes;
        write_commit_header(place, reduced_.bytes.data() + begin);
    }

    /// Commits without an extension are told by one header for all of them in a row.
    void add_removed(const CommitPlace& commit) {
        if (last_removed_ && commit.extension_bytes == 0) {
            last_removed_->events += commit.events;
            last_removed_->commits += commit.commits;
            write_commit_header(*last_removed_, reduced_.bytes.data() + last_removed_->offset);
            return;
        }
        const CommitPlace place{.offset = static_cast<std::uint32_t>(reduced_.bytes.size()),
                                .bytes = commit_header_bytes + commit.extension_bytes,
                                .events = commit.events,
                                .commits = commit.commits,
                                .flags = commit_removed,
                                .extension_bytes = commit.extension_bytes};
        reduced_.bytes += std::string(commit_header_bytes, '\0');
        reduced_.bytes += extension_of(commit);
        write_commit_header(place, reduced_.bytes.data() + place.offset);
        last_removed_.reset();
        if (commit.extension_bytes == 0) last_removed_ = place;
    }

    [[nodiscard]] std::string_view extension_of(const CommitPlace& commit) const {
        return block_.payload.substr(commit.offset + commit_header_bytes, commit.extension_bytes);
    }

    void add_map(const CommitPlace& commit) {
        const std::size_t map = reduced_.bytes.size();
        reduced_.bytes.resize(map + (std::size_t{commit.events} + 63) / 64 * 8);
        for (std::uint32_t i = 0; i < commit.events; ++i) {
            if (!stays(event_ + i)) continue;
            char& byte = reduced_.bytes[map + i / 8];
            byte = static_cast<char>(static_cast<unsigned char>(byte) | 1U << i % 8);
        }
    }

    void add_record(std::uint32_t event) {
        if (!stays(event)) return reduced_.records.push_back(record_removed);
        const auto offset = static_cast<std::uint32_t>(reduced_.bytes.size());
        const std::string_view rest = block_.payload.substr(records_[event]);
        const std::string_view record = rest.substr(0, record_size(rest).bytes);
        const Position position = block_.first + event;
        reduced_.records.push_back(offset);
        if (leave_[event] == Leave::place && !is_hollow(record)) {
            reduced_.bytes += hollow(record, position);
        } else {
            reduced_.bytes += record;
        }
        move(reduced_.bytes.data() + offset, position, frame_header_bytes + offset);
    }

    const Block& block_;
    const std::span<const std::uint32_t> records_;
    const std::span<const Leave> leave_;
    std::uint32_t event_ = 0;  ///< the first of the commit at hand
    std::optional<CommitPlace> last_removed_;
    ReducedPayload reduced_;
};

}  // namespace

ReducedPayload reduce(const Block& block, std::span<const std::uint32_t> records, std::span<const Leave> leave) {
    return Reduction(block, records, leave).run();
}

}  // namespace varve::log
