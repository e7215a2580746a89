/// What `restore` and `fork` share: from where to where, how far, and how they say what they have made.
#pragma once

#include <string>

#include "cli/long_work.hpp"
#include "cli/screen.hpp"
#include "cli/text.hpp"
#include "varve/backup.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {

struct CopyOptions {
    std::string from;
    std::string target;
    Until until;
    bool no_progress = false;
    bool json = false;
};

/// `verb`: `restored` or `forked`.
inline Result<> print_copy(const CopyReport& report, const std::string& verb, const CopyOptions& options,
                           Screen& screen) {
    std::string text;
    const std::string done = verb + " " + counted(report.events, "event") + " in " +
                             counted(report.segments, "segment") + " into " + one_line(options.target);
    if (options.json) {
        text = "{\"id\":\"" + report.id + "\",\"origin\":\"" + report.origin +
               "\",\"segments\":" + std::to_string(report.segments) + ",\"shared\":" + std::to_string(report.shared) +
               ",\"bytesCopied\":" + std::to_string(report.bytes_copied) +
               ",\"events\":" + std::to_string(report.events) + ",\"digest\":";
        append_json_string(text, report.digest);
        text += "}\n";
    } else {
        text = done + ": " + (report.shared > 0 ? with_commas(report.shared) + " shared, " : "") +
               bytes_text(report.bytes_copied) + " copied\nid     " + report.id + "\ndigest " + report.digest + "\n";
    }
    return tell(screen, text, done);
}

/// `copy`: varve::restore or varve::fork.
template <typename Copy>
Result<Exit> run_copy(Copy copy, const std::string& verb, const CopyOptions& options, Screen& screen) {
    const Result<CopyReport> report = [&] {
        LongWork work(screen, options.no_progress);
        return copy(options.from, options.target, options.until, work.watch());
    }();
    if (!report) return report.error();
    const Result<> told = print_copy(*report, verb, options, screen);
    if (!told) return told.error();
    return Exit::ok;
}

}  // namespace varve::cli
