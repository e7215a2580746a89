#include "log/compaction.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "log/catalog.hpp"
#include "log/rewrite.hpp"

namespace varve::log {
namespace {

/// Asking whether to stop after each frame would cost more than many a frame.
constexpr std::uint64_t look_every_bytes = 256 << 10;
/// Left for those who append meanwhile.
constexpr std::uint64_t spare_room_bytes = 16 << 20;

Result<Leave> keep_all(const Event&) {
    return Leave::all;
}

class Compaction {
public:
    Compaction(const io::Environment& environment, io::Path folder, const CompactionRequest& request,
               const Install& install)
        : environment_(environment), folder_(std::move(folder)), request_(request), install_(install) {}

    Result<CompactReport> run(const Catalog& catalog) {
        std::optional<Error> damage;
        for (const std::string& name : names_in(catalog)) {
            auto done = compact(name);
            if (done) continue;
            // One damaged segment is no reason to leave the others as they are.
            if (done.error().code != Code::data_loss) return done.error();
            if (!damage) damage = std::move(done).error();
        }
        if (damage) return *std::move(damage);
        if (watch().progress) watch().progress(total_, total_);
        return report_;
    }

private:
    /// Names, not segments: who holds a segment keeps the room of its file.
    std::vector<std::string> names_in(const Catalog& catalog) {
        std::vector<std::string> names;
        const auto segments = catalog.segments();
        for (const auto& segment : *segments) {
            if (!segment->is_sealed() || segment->first() >= request_.end) continue;
            if (!request_.judge && has_wanted_form(segment->header())) {
                ++report_.segments;
                report_.bytes_before += segment->file_bytes();
                report_.bytes_after += segment->file_bytes();
                continue;
            }
            names.push_back(segment->name());
            total_ += segment->frames_end();
        }
        return names;
    }

    [[nodiscard]] const Watch& watch() const { return request_.options.watch; }

    Result<> compact(const std::string& name) {
        const auto segment = open_segment_file(*environment_.files, folder_, name, nullptr, io::OpenMode::read);
        if (!segment) return segment.error();
        if (!segment->footer) return damaged(name, segment->bytes, "the footer of the sealed segment is missing");
        ++report_.segments;
        report_.bytes_before += segment->bytes;
        const auto plan = plan_rewrite(*segment, request_.end, request_.judge ? request_.judge : keep_all,
                                       [&](std::uint64_t bytes) { return tick(bytes, bytes); });
        if (!plan) return plan.error();
        const bool anew = plan->removed > 0 || !has_wanted_form(segment->header);
        report_.events += plan->removed;
        if (anew) ++report_.rewritten;
        if (!anew || request_.options.dry_run) {
            report_.bytes_after += segment->bytes - std::min(segment->bytes, plan->removed_bytes);
            return {};
        }
        return replace(*segment, *plan);
    }

    [[nodiscard]] bool has_wanted_form(const SegmentHeader& segment) const {
        return wanted_page_bytes(segment) == segment.page_bytes;
    }

    [[nodiscard]] std::uint32_t wanted_page_bytes(const SegmentHeader& segment) const {
        if (request_.options.compression == Compression::none) return 0;
        if (request_.options.compression == Compression::as_is || segment.packed()) return segment.page_bytes;
        return request_.page_bytes;
    }

    Result<> replace(const SegmentFile& segment, const RewritePlan& plan) {
        const auto room = environment_.files->free_bytes(folder_);
        if (!room) return room.error();
        if (*room < segment.bytes + spare_room_bytes) {
            return Error{.code = Code::resource_exhausted,
                         .message = "there are " + std::to_string(*room) + " bytes left for '" + folder_.string() +
                                    "' and rewriting a segment needs " +
                                    std::to_string(segment.bytes + spare_room_bytes) +
                                    ", so that appends keep theirs: make room, then repeat it"};
        }
        const NewFile anew{.salt = environment_.random->next(), .page_bytes = wanted_page_bytes(segment.header)};
        const auto made = rewrite(*environment_.files, folder_, segment, plan, anew,
                                  [&](std::uint64_t bytes) { return tick(bytes, 0); });
        auto installed = made ? install_(*made) : Result<>(made.error());
        if (!installed) {
            (void)environment_.files->remove(folder_ / rewriting_name);  // the next opening tries again
            return installed;
        }
        report_.bytes_after += made->bytes;
        return {};
    }

    /// So many bytes were read; of all that there is to read, so many are behind us for good.
    Result<> tick(std::uint64_t bytes, std::uint64_t done) {
        since_ += bytes;
        done_ += done;
        if (since_ < look_every_bytes) return {};
        since_ = 0;
        if (watch().progress) watch().progress(std::min(done_, total_), total_);
        if (!watch().stop || !watch().stop()) return {};
        return Error{.code = Code::cancelled,
                     .message = "the compaction was stopped; what it has done is done, repeat it to go on"};
    }

    const io::Environment& environment_;
    const io::Path folder_;
    const CompactionRequest& request_;
    const Install& install_;
    CompactReport report_;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t since_ = 0;
};

}  // namespace

Result<CompactReport> compact_segments(const io::Environment& environment, const io::Path& folder,
                                       const Catalog& catalog, const CompactionRequest& request,
                                       const Install& install) {
    return Compaction(environment, folder, request, install).run(catalog);
}

}  // namespace varve::log
