#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "engine/index_opening.hpp"
#include "io/environment.hpp"
#include "log/verify.hpp"
#include "store/names.hpp"
#include "upkeep/backup_reading.hpp"
#include "varve/operations.hpp"

namespace varve {
namespace {

constexpr const char* index_name = "index";

/// What is to say about the index of a log that is whole; nothing when it is as it should be.
Result<std::optional<Finding>> look_at_index(const std::string& folder, const io::Environment& environment) {
    const auto say = [](Finding::Kind kind, std::string what) {
        Finding finding;
        finding.kind = kind;
        finding.file = index_name;
        finding.what = std::move(what);
        return std::optional(std::move(finding));
    };
    const auto log = log::SegmentLog::open(environment, {.folder = folder, .create = false, .read_only = true});
    if (!log) {
        // What the log's own verification let pass must not end as an error: damage is a finding.
        if (log.error().code != Code::data_loss) return log.error();
        auto finding = say(Finding::Kind::damage, log.error().message);
        finding->file.clear();
        return finding;
    }
    const auto home = index::rocksdb_home((std::filesystem::path(folder) / index_name).string());
    const auto found = engine::open_index(*home, true);
    if (!found) return found.error();
    if (!*found) {
        if ((*log)->head().next == Position{0}) return std::optional<Finding>();
        return say(Finding::Kind::note, "there is no readable index; it is built at the next opening");
    }
    // A writer beside us may have indexed more since the log was opened.
    if (const auto looked = (*log)->refresh(); !looked) return looked.error();
    const auto fit = engine::fits((*found)->watermark, **log);
    if (!fit) {
        if (fit.error().code == Code::data_loss) return say(Finding::Kind::damage, fit.error().message);
        return fit.error();
    }
    if (!*fit)
        return say(Finding::Kind::note, "the index belongs to another log; it is built anew at the next opening");
    return std::optional<Finding>();
}

}  // namespace

bool VerifyReport::damaged() const {
    return std::ranges::any_of(findings, [](const Finding& finding) { return finding.kind == Finding::Kind::damage; });
}

bool VerifyReport::changed() const {
    return std::ranges::any_of(findings, [](const Finding& finding) { return finding.kind == Finding::Kind::changed; });
}

Result<VerifyReport> verify(const std::string& folder, const VerifyOptions& options) {
    if (auto checked = store::check_path(folder); !checked) return checked.error();
    const io::Environment environment = io::real_environment();
    if (upkeep::looks_like_backup(*environment.files, folder))
        return upkeep::verify_backup(*environment.files, folder, options);
    auto report = log::verify(*environment.files, folder, options);
    if (!report || report->damaged()) return report;
    auto index = look_at_index(folder, environment);
    if (!index) return std::move(index).error();
    if (*index) report->findings.push_back(std::move(**index));
    return report;
}

}  // namespace varve
