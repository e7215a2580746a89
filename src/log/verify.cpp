#include "log/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "log/broken_records.hpp"
#include "log/digest.hpp"
#include "log/findings.hpp"
#include "log/found_places.hpp"
#include "log/frame_scan.hpp"
#include "log/record.hpp"
#include "log/segment.hpp"
#include "log/segment_files.hpp"
#include "log/store_file.hpp"
#include "log/verify_store.hpp"

namespace varve::log {
namespace {

/// Between two looks at whether somebody wants it to stop.
constexpr std::uint64_t look_every_bytes = 256 << 10;

/// How many times a last frame that is not whole is looked at again: a writer may be at it just now.
constexpr int patience = 100;

class Verification {
public:
    Verification(io::Files& files, io::Path folder, const Watch& watch, Expectations expectations)
        : files_(files), folder_(std::move(folder)), watch_(watch), expectations_(std::move(expectations)) {}

    Result<VerifyReport> run();

private:
    Result<> check_segment(const std::vector<std::string>& names, std::size_t index);
    void check_beginning(const SegmentFile& file);
    Result<> check_frames(const SegmentFile& file);
    Result<> check_end(const SegmentFile& file, FrameScan& scan);
    Result<> settle_footer(SegmentFile& file, const std::vector<std::string>& names, std::size_t index);
    Result<bool> looks_unfinished(const SegmentFile& file, FrameScan& scan) const;
    Result<> check_footer(const SegmentFile& file);
    void check_records(const SegmentFile& file, const FrameScan& scan);
    Result<bool> step_over_damage(const SegmentFile& file, FrameScan& scan, std::uint64_t limit);
    [[nodiscard]] bool closed_in_order() const;

    Result<> count(const FrameScan& scan, std::uint64_t file_bytes);

    io::Files& files_;
    const io::Path folder_;
    const Watch& watch_;
    Expectations expectations_;
    VerifyReport report_;
    Findings findings_{report_.findings};
    std::optional<StoreState> state_;
    std::optional<Head> head_ = Head{};  ///< where the next segment must begin; nothing after unreadable frames
    Position last_segment_;              ///< where the last segment looked at begins
    std::uint64_t end_ = 0;              ///< file offset behind the frames of the segment before
    std::uint64_t number_ = 0;
    std::optional<std::uint64_t> unsealed_end_;  ///< of a segment that is not the last and not sealed yet
    FoundPlaces places_;                         ///< in the segment looked at
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t next_look_ = look_every_bytes;
};

Result<VerifyReport> Verification::run() {
    auto state = look_at_store(files_, folder_, findings_);
    if (!state) return state.error();
    state_ = *state;
    done_ = total_ = state_ ? 2 * store_slot_bytes : 0;
    const auto listed = own_segments(files_, folder_, state_, findings_);
    if (!listed) return listed.error();
    const std::vector<std::string>& names = *listed;
    for (const std::string& name : names) {
        const auto file = files_.open(folder_ / name, io::OpenMode::read);
        if (!file) return file.error();
        const auto bytes = (*file)->size();
        if (!bytes) return bytes.error();
        total_ += *bytes;
    }
    expectations_.pass(Head{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        ++report_.segments;
        if (auto checked = check_segment(names, i); !checked) return checked.error();
        if (watch_.progress) watch_.progress(std::min(done_, total_), total_);
    }
    if (state_ && head_) {
        check_checkpoint(*state_, closed_in_order(),
                         {.file = names.empty() ? std::string(store_name) : names.back(),
                          .offset = end_,
                          .head = *head_,
                          .segment = last_segment_},
                         findings_);
    }
    report_.bytes = done_;
    if (head_) report_.digest = digest_of(*head_);
    expectations_.conclude(report_, findings_);
    return std::move(report_);
}

/// Nobody has opened the store since: a writer may have begun while we read.
bool Verification::closed_in_order() const {
    if (!state_ || !state_->clean) return false;
    const auto now = StoreFile::open(files_, folder_, true);
    return now && (*now)->state().generation == state_->generation;
}

Result<> Verification::check_segment(const std::vector<std::string>& names, std::size_t index) {
    const std::string& name = names[index];
    places_.clear();
    const std::uint64_t before = done_;
    auto file = open_segment_file(files_, folder_, name, state_ ? &*state_ : nullptr, io::OpenMode::read);
    if (!file) {
        if (file.error().code != Code::data_loss) return file.error();
        Finding& finding = findings_.add(Finding::Kind::damage, name, 0, 0,
                                         fmt::format("{}; restore the file from a backup", damage_of(file.error())));
        if (head_) finding.first = head_->next;
        head_.reset();
        ++number_;
        return {};
    }
    if (auto settled = settle_footer(*file, names, index); !settled) return settled;
    check_beginning(*file);
    head_ = file->header.begin;
    number_ = file->header.number + 1;
    if (auto checked = check_frames(*file); !checked) return checked;
    if (file->footer) {
        if (auto checked = check_footer(*file); !checked) return checked;
    }
    done_ = before + file->bytes;
    if (head_) {
        report_.segment_digests.push_back(
            {.file = file->name, .first = file->header.begin.next, .next = head_->next, .digest = digest_of(*head_)});
    }
    return {};
}

/// A segment that a crash left half sealed ends where the next one says; the next opening seals it.
Result<> Verification::settle_footer(SegmentFile& file, const std::vector<std::string>& names, std::size_t index) {
    // What was sealed, durably, is protected; what was rewritten never was without a footer.
    const auto is_protected = files_.is_read_only(folder_ / file.name);
    if (!is_protected) return is_protected.error();
    const bool was_sealed = *is_protected || file.header.rewritten();
    const bool may_be_half_sealed = state_ && index + 2 >= names.size() && !was_sealed && !closed_in_order();
    if (file.footer && may_be_half_sealed) {
        const auto whole = sections_whole(*file.file, *file.footer);
        if (!whole) return whole.error();
        if (!*whole) file.footer.reset();
    }
    unsealed_end_.reset();
    if (file.footer || (index + 1 == names.size() && !was_sealed)) return {};
    if (may_be_half_sealed) {
        const auto next = open_segment_file(files_, folder_, names[index + 1], &*state_, io::OpenMode::read);
        if (next) unsealed_end_ = next->header.previous_end;
        if (next || next.error().code != Code::data_loss) return {};
    }
    findings_.add(Finding::Kind::damage, file.name, file.bytes, 0,
                  "the footer of the sealed segment is missing or wrong; restore the file from a backup");
    return {};
}

void Verification::check_beginning(const SegmentFile& file) {
    const SegmentHeader& header = file.header;
    last_segment_ = header.begin.next;
    if (!head_ && number_ == header.number) return;
    if (head_ && header.begin == *head_ && header.number == number_ && header.previous_end == end_) return;
    Finding& finding =
        findings_.add(Finding::Kind::damage, file.name, 0, segment_header_bytes,
                      "the segment does not follow the one before it: a segment is missing, cut or from another "
                      "history; restore the files from a backup");
    if (head_) Findings::concern(finding, head_->next, header.begin.next);
}

Result<> Verification::check_frames(const SegmentFile& file) {
    const std::uint64_t limit = file.footer ? file.footer->frames_end : file.bytes;
    auto frames = frames_of(file);
    if (!frames) return frames.error();
    FrameScan scan(*std::move(frames), file.header);
    if (file.footer) scan.stop_at(limit);
    if (unsealed_end_) scan.stop_at(*unsealed_end_);
    int attempts = 0;
    for (;;) {
        const auto more = scan.next();
        if (!more) return more.error();
        if (*more) {
            if (auto counted = count(scan, file.bytes); !counted) return counted;
            check_records(file, scan);
            attempts = 0;
            continue;
        }
        if (scan.offset() == (unsealed_end_ ? *unsealed_end_ : limit)) break;
        if (!file.footer && ++attempts <= patience) {
            const auto unfinished = looks_unfinished(file, scan);
            if (!unfinished) return unfinished.error();
            if (*unfinished) continue;
            // Here the log ended at that moment. Looking again would find what a writer has added since.
            head_ = scan.head();
            end_ = scan.offset();
            return {};
        }
        const auto stepped = step_over_damage(file, scan, limit);
        if (!stepped) return stepped.error();
        if (!*stepped) break;
        attempts = patience;
    }
    head_ = scan.head();
    end_ = file.header.end_as_written(scan.offset());
    return check_end(file, scan);
}

Result<> Verification::count(const FrameScan& scan, std::uint64_t file_bytes) {
    expectations_.pass(scan.head());
    ++report_.blocks;
    report_.commits += scan.frame().block.commits;
    report_.events += scan.frame().block.events;
    report_.removed += scan.removed();
    if (scan.removed() > 0) ++report_.reduced_blocks;
    // Now and then: a call a frame would cost more than the frame.
    const std::uint64_t done = done_ + std::min(scan.offset(), file_bytes);
    if (done < next_look_) return {};
    next_look_ = done + look_every_bytes;
    if (watch_.progress) watch_.progress(std::min(done, total_), total_);
    if (watch_.stop && watch_.stop()) {
        return Error{.code = Code::cancelled, .message = "the verification was stopped; it has changed nothing"};
    }
    return {};
}

void Verification::check_records(const SegmentFile& file, const FrameScan& scan) {
    places_.add(scan.frame_offset(), scan.payload(), scan.records());
    for (std::size_t i = 0; i < scan.records().size(); ++i) {
        const std::uint32_t record = scan.records()[i];
        if (record == record_removed) continue;
        const Position position = scan.frame().block.first + i;
        const std::uint64_t at = scan.frame_offset() + frame_header_bytes + record;
        const std::string_view bytes = scan.payload().substr(record);
        Event event;
        if (auto decoded = decode(bytes, position, event); !decoded) {
            Finding& finding =
                findings_.add(Finding::Kind::damage, file.name, at, record_size(bytes).bytes,
                              fmt::format("{}; it was written so: please report it", decoded.error().message));
            Findings::concern(finding, position, position + 1);
            Findings::name_stream(finding, stream_of_damaged(bytes));
        }
    }
}

/// A frame may be half there because its writer is at it just now: it is worth another look.
Result<bool> Verification::looks_unfinished(const SegmentFile& file, FrameScan& scan) const {
    const auto bytes = file.file->size();
    if (!bytes) return bytes.error();
    scan.grow(*bytes);
    const auto end = scan.end_of_bytes();
    if (!end) return end.error();
    return *end != scan.offset();
}

/// Reports what is wrong at the scan's place and goes on behind it; false when nothing valid follows.
Result<bool> Verification::step_over_damage(const SegmentFile& file, FrameScan& scan, std::uint64_t limit) {
    const std::uint64_t from = scan.offset();
    const Head before = scan.head();
    const std::string why(scan.why());
    auto frames = frames_of(file);
    if (!frames) return frames.error();
    const auto broken = broken_records(*std::move(frames), file.header.codec(), from);
    if (!broken) return broken.error();
    const auto resumed = scan.resume();
    if (!resumed) return resumed.error();
    // At the end of an open segment this is for check_end to judge.
    if (!*resumed && !file.footer) return false;
    const std::uint64_t to = *resumed ? scan.offset() : limit;
    const Position next = *resumed ? scan.head().next : file.footer->end.next;
    Finding& finding = findings_.add(Finding::Kind::damage, file.name, from, to - from,
                                     fmt::format("{}{}; restore the file from a backup", why,
                                                 file.header.packed() ? " (of what the segment unpacks to)" : ""));
    Findings::concern(finding, before.next, next);
    for (const BrokenRecord& record : *broken) {
        // Only some of the frame's events are concerned when the others still fit their own checksums.
        if (&record == &broken->front()) finding.first = record.position;
        finding.last = record.position;
        Findings::name_stream(finding, record.stream);
    }
    places_.skip_to(next - file.header.begin.next);
    return *resumed;
}

Result<> Verification::check_end(const SegmentFile& file, FrameScan& scan) {
    if (file.footer) {
        if (!(scan.head() == file.footer->end)) {
            findings_.add(Finding::Kind::damage, file.name, file.footer->frames_end, 0,
                          "the footer does not fit the frames before it; restore the file from a backup");
            head_ = file.footer->end;
        }
        end_ = file.header.end_as_written(file.footer->frames_end);
        return {};
    }
    if (unsealed_end_ == scan.offset()) return {};
    const auto end = scan.end_of_bytes();
    if (!end) return end.error();
    const auto witness = scan.later_witness();
    if (!witness) return witness.error();
    // The checkpoint is a witness too.
    const bool durable =
        *witness || (state_ && state_->checkpoint.head.sequence > scan.head().sequence) || closed_in_order();
    if (*end == scan.offset()) return {};
    // It may have been sealed while we read.
    auto again = open_segment_file(files_, folder_, file.name, nullptr, io::OpenMode::read);
    if (again && again->footer && again->footer->frames_end == scan.offset()) return {};
    Finding& finding = findings_.add(
        durable ? Finding::Kind::damage : Finding::Kind::torn_tail, file.name, scan.offset(), *end - scan.offset(),
        durable ? fmt::format("{}, though it was durable; restore the file from a backup", scan.why())
                : "an append was interrupted here; it was never acknowledged, the next opening puts "
                  "these bytes into quarantine");
    finding.first = scan.head().next;
    return {};
}

Result<> Verification::check_footer(const SegmentFile& file) {
    for (const FooterSection& section : file.footer->sections) {
        std::string bytes(section.bytes, '\0');
        const auto got = file.file->read(section.offset, bytes);
        if (!got) return got.error();
        if (*got != bytes.size() || crc32c(bytes) != section.checksum ||
            !places_.fit(file.header, section.type, bytes)) {
            Finding& finding =
                findings_.add(Finding::Kind::damage, file.name, section.offset, section.bytes,
                              section.type == dictionary_section || section.type == pages_section
                                  ? "what its pages are unpacked by is damaged; restore the file from a backup"
                                  : "a section of the footer is damaged; the events themselves are whole: restore the "
                                    "file from a backup");
            Findings::concern(finding, file.header.begin.next, file.footer->end.next);
        }
    }
    return {};
}

}  // namespace

Result<VerifyReport> verify(io::Files& files, const io::Path& folder, const VerifyOptions& options) {
    auto expectations = Expectations::parse(options.expect);
    if (!expectations) return expectations.error();
    return Verification(files, folder, options.watch, *std::move(expectations)).run();
}

}  // namespace varve::log
