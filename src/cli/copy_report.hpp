/// How `restore` and `fork` say what they have made.
#pragma once

#include <string>

#include "cli/screen.hpp"
#include "cli/text.hpp"
#include "varve/backup.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {

/// `verb`: `restored` or `forked`.
inline Result<> print_copy(const CopyReport& report, const std::string& verb, const std::string& target, bool json,
                           Screen& screen) {
    std::string text;
    const std::string done = verb + " " + counted(report.events, "event") + " in " +
                             counted(report.segments, "segment") + " into " + one_line(target);
    if (json) {
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

}  // namespace varve::cli
