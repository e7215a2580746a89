#include "upkeep/backup_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/digest.hpp"
#include "log/segment.hpp"
#include "log/store_file.hpp"
#include "upkeep/manifest.hpp"
#include "upkeep/segment_copy.hpp"

namespace varve::upkeep {
namespace {

Error no_backup(const io::Path& folder) {
    return {.code = Code::failed_precondition,
            .message = fmt::format("'{}' is no backup: a whole one has a file '{}', which is written last; if a backup "
                                   "was interrupted, repeat it",
                                   folder.string(), manifest_name)};
}

/// The manifest of a folder that must have one.
Result<Manifest> manifest_of(io::Files& files, const io::Path& folder) {
    const auto there = files.exists(folder);
    if (!there) return there.error();
    if (!*there) {
        return Error{.code = Code::not_found, .message = fmt::format("there is no folder '{}'", folder.string())};
    }
    auto manifest = read_manifest(files, folder);
    if (!manifest) return manifest.error();
    if (!*manifest) return no_backup(folder);
    return **std::move(manifest);
}

/// Is this the file that the manifest names, and does it go on from `before`?
bool follows(const SealedFile& file, const ManifestSegment& named, const log::Head& before, std::uint64_t number) {
    return file.header.begin == before && file.header.number == number && file.footer.end.next == named.next &&
           kept_name(file.header, file.footer.end) == named.file;
}

}  // namespace

Result<History> history_of_backup(const io::Environment& environment, const io::Path& folder) {
    io::Files& files = *environment.files;
    const auto manifest = manifest_of(files, folder);
    if (!manifest) return manifest.error();
    History history{.store = manifest->store,
                    .ancestors = {},
                    .segments = {},
                    .end = {},
                    .commits = manifest->commits,
                    .log = nullptr};
    for (const ManifestSegment& named : manifest->segments) {
        const auto file = open_sealed(files, folder / named.file);
        if (!file && file.error().code == Code::not_found) {
            return log::damaged((folder / named.file).string(), 0, "the file is missing from the backup");
        }
        if (!file) return file.error();
        if (!follows(*file, named, history.end, history.segments.size())) {
            return log::damaged((folder / named.file).string(), 0, "it is not the segment that the backup names");
        }
        history.end = file->footer.end;
        history.segments.push_back({.path = folder / named.file,
                                    .header = file->header,
                                    .end = file->footer.end,
                                    .frames_end = file->footer.frames_end,
                                    .bytes = file->footer.file_bytes,
                                    .first_time = file->footer.first_time,
                                    .sealed = true});
    }
    if (history.end != manifest->end) {
        return log::damaged((folder / manifest_name).string(), 0, "the segments do not lead to the end that it names");
    }
    return history;
}

bool looks_like_backup(io::Files& files, const io::Path& folder) {
    const auto names = files.list(folder);
    return names &&
           std::ranges::any_of(*names,
                               [](const std::string& name) { return name == manifest_name || is_kept_name(name); }) &&
           std::ranges::find(*names, log::store_name) == names->end();
}

Result<VerifyReport> verify_backup(io::Files& files, const io::Path& folder, const VerifyOptions& options) {
    auto expectations = log::Expectations::parse(options.expect);
    if (!expectations) return expectations.error();
    const auto manifest = manifest_of(files, folder);
    VerifyReport report;
    log::Findings findings(report.findings);
    if (!manifest) {
        if (manifest.error().code != Code::data_loss) return manifest.error();
        findings.add(Finding::Kind::damage, manifest_name, 0, 0, std::string(log::damage_of(manifest.error())));
        return report;
    }
    std::uint64_t total = 0;
    for (const ManifestSegment& named : manifest->segments) total += named.bytes;
    Meter meter(options.watch, total);
    std::optional<log::Head> head = log::Head{};
    expectations->pass(*head);
    for (const ManifestSegment& named : manifest->segments) {
        ++report.segments;
        const auto file = check_sealed(files, folder / named.file, meter, [&](const log::FrameScan& scan) {
            ++report.blocks;
            report.commits += scan.frame().block.commits;
            report.events += scan.frame().block.events;
            expectations->pass(scan.head());
        });
        const bool lost = !file && (file.error().code == Code::data_loss || file.error().code == Code::not_found);
        if (!file && !lost) return file.error();
        if (lost || (head && !follows(*file, named, *head, report.segments - 1))) {
            Finding& finding = findings.add(
                Finding::Kind::damage, named.file, 0, 0,
                fmt::format("{}; copy it again from the store with `varve backup STORE {} --check`",
                            lost ? log::damage_of(file.error()) : "the file is not the segment that the backup names",
                            folder.string()));
            log::Findings::concern(finding, named.first, named.next);
            head.reset();
            continue;
        }
        head = file->footer.end;
        report.bytes += file->footer.file_bytes;
        report.segment_digests.push_back(
            {.file = named.file, .first = named.first, .next = named.next, .digest = log::digest_of(*head)});
    }
    if (head && *head != manifest->end) {
        findings.add(Finding::Kind::damage, manifest_name, 0, 0, "the segments do not lead to the end that it names");
    }
    report.digest = log::digest_of(manifest->end);
    expectations->conclude(report, findings);
    return report;
}

}  // namespace varve::upkeep
