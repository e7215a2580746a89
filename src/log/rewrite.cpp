#include "log/rewrite.hpp"

#include <span>
#include <utility>

#include "log/frame_scan.hpp"
#include "log/record.hpp"
#include "log/reduced_payload.hpp"
#include "log/segment_builder.hpp"

namespace varve::log {
namespace {

/// f(scan) for each frame of a sealed segment, all of which must be whole.
template <class F>
Result<> each_frame(const SegmentFile& segment, F&& f) {
    const SegmentFooter& footer = *segment.footer;
    auto frames = frames_of(segment);
    if (!frames) return frames.error();
    FrameScan scan(*std::move(frames), segment.header);
    while (scan.offset() < footer.frames_end) {
        const auto more = scan.next();
        if (!more) return more.error();
        if (!*more) return damaged(segment.name, scan.offset(), scan.why());
        if (auto done = f(scan); !done) return done;
    }
    if (scan.head() == footer.end) return {};
    return damaged(segment.name, footer.frames_end, "the footer does not fit the frames before it");
}

/// The events of the frame, in order, those that are there: f(number in the segment, record, event).
template <class F>
Result<> each_event(const SegmentFile& segment, const FrameScan& scan, F&& f) {
    Event event;
    const Block& block = scan.frame().block;
    for (std::uint32_t i = 0; i < block.events; ++i) {
        const std::uint32_t offset = scan.records()[i];
        if (offset == record_removed) continue;
        const std::string_view record = scan.payload().substr(offset);
        const auto decoded = decode(record, block.first + i, event);
        if (!decoded || record_size(record).frame_offset != frame_header_bytes + offset) {
            return damaged(segment.name, scan.frame_offset() + frame_header_bytes + offset,
                           "the record does not fit its checksum or its place");
        }
        event.created = block.time;
        if (auto done = f(event.position - segment.header.begin.next, record, std::as_const(event)); !done) return done;
    }
    return {};
}

/// What a rewritten file has must be what the plan left of the old one.
Result<> check_rewritten(const SegmentFile& old, const SegmentFile& made, const RewritePlan& plan, const Tick& tick) {
    std::uint64_t next = 0;
    const auto wrong = [&](std::uint64_t event) {
        return damaged(made.name, 0,
                       "event " + std::to_string((old.header.begin.next + event).value) +
                           " is not there as it should be; the segment stays as it was, check the disk");
    };
    auto checked = each_frame(made, [&](const FrameScan& scan) -> Result<> {
        auto events =
            each_event(made, scan, [&](std::uint64_t event, std::string_view record, const Event&) -> Result<> {
                for (; next < event; ++next)
                    if (plan.leave[next] != Leave::nothing) return wrong(next);
                if (plan.leave[event] == Leave::nothing || (plan.leave[event] == Leave::place) != is_hollow(record))
                    return wrong(event);
                ++next;
                return {};
            });
        if (!events) return events;
        return tick(scan.frame().bytes);
    });
    if (!checked) return checked;
    for (; next < plan.leave.size(); ++next)
        if (plan.leave[next] != Leave::nothing) return wrong(next);
    const auto whole = sections_whole(*made.file, *made.footer);
    if (!whole) return whole.error();
    if (!*whole || made.footer->end != old.footer->end)
        return damaged(made.name, made.footer->frames_end,
                       "the footer is not there as it should be; the segment stays as it was, check the disk");
    return {};
}

}  // namespace

Result<RewritePlan> plan_rewrite(const SegmentFile& segment, Position end, const Judge& judge, const Tick& tick) {
    RewritePlan plan;
    plan.leave.resize(segment.footer->end.next - segment.header.begin.next, Leave::nothing);
    auto planned = each_frame(segment, [&](const FrameScan& scan) -> Result<> {
        auto events = each_event(segment, scan,
                                 [&](std::uint64_t number, std::string_view record, const Event& event) -> Result<> {
                                     const auto leave = event.position < end ? judge(event) : Leave::all;
                                     if (!leave) return leave.error();
                                     const Leave has = is_hollow(record) ? Leave::place : Leave::all;
                                     plan.leave[number] = std::max(*leave, has);
                                     if (*leave > has) {
                                         ++plan.removed;
                                         plan.removed_bytes += record_size(record).bytes;
                                     }
                                     return {};
                                 });
        if (!events) return events;
        return tick(scan.frame().bytes);
    });
    if (!planned) return planned.error();
    return plan;
}

Result<SegmentFile> rewrite(io::Files& files, const io::Path& folder, const SegmentFile& segment,
                            const RewritePlan& plan, const NewFile& anew, const Tick& tick) {
    const std::string name(rewriting_name);
    if (auto removed = files.remove(folder / name); !removed && removed.error().code != Code::not_found) {
        return removed.error();
    }
    auto file = files.open(folder / name, io::OpenMode::create_new);
    if (!file) return file.error();
    SegmentFile made{.name = name, .file = *std::move(file), .bytes = 0, .header = segment.header, .footer = {}};
    made.header.written_end = segment.header.end_as_written(segment.footer->frames_end);
    made.header.salt = anew.salt;
    made.header.page_bytes = anew.page_bytes;
    SegmentBuilder builder(*made.file, made.header);
    std::uint64_t event = 0;
    auto written = each_frame(segment, [&](const FrameScan& scan) -> Result<> {
        Block block = scan.frame().block;
        block.payload = scan.payload();
        const auto reduced = reduce(block, scan.records(), std::span(plan.leave).subspan(event, block.events));
        event += block.events;
        block.payload = reduced.bytes;
        if (auto added = builder.add(block, 0, reduced.records); !added) return added;
        return tick(scan.frame().bytes);
    });
    if (!written) return written.error();
    auto footer = builder.seal();
    if (!footer) return footer.error();
    made.footer = *std::move(footer);
    made.bytes = made.footer->file_bytes;
    if (auto checked = check_rewritten(segment, made, plan, tick); !checked) return checked.error();
    return made;
}

}  // namespace varve::log
