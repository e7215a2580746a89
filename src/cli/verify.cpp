#include <fstream>
#include <memory>

#include "cli/commands.hpp"
#include "cli/long_work.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/json_value.hpp"
#include "varve/operations.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Read every byte of a store and check it\n\n"
    "Checks headers, checksums, order, hash chain and footers of the log, and the index against the log. Damage is\n"
    "told by file, byte, events and streams. It changes nothing and may run beside a writer.\n\n"
    "The digest stands for the whole history: POSITION:CHAIN, where every event below POSITION is in CHAIN. Write it\n"
    "down elsewhere, and --expect proves later that history up to there is unchanged, however much was added since.\n"
    "With the lines of --digests, one for each segment, it also names the first segment that differs.";

constexpr const char* examples =
    "  varve verify ./bank\n"
    "  varve verify ./bank --json | jq -r .digest             for scripts\n"
    "  varve verify ./bank && echo fine                       in a nightly job\n"
    "  varve verify ./bank --expect 3:b8d84d531ceab43b4846dc305254066c\n"
    "  varve verify ./bank --digests > bank.digests           keep it on another machine\n"
    "  varve verify ./bank --expect @bank.digests             is all of that still as it was?\n";

constexpr const char* exit_codes =
    "  0  no damage (a torn tail of a crash, which the next opening cuts, is none), and every digest is met\n"
    "  1  damage was found, or history is not what a digest says\n"
    "  2  it could not look: no store, no permission, or wrong use";

struct Options {
    std::string folder;
    std::vector<std::string> expect;
    bool digests = false;
    bool no_progress = false;
    bool json = false;
};

std::string_view name_of(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::damage: return "damage";
        case Finding::Kind::torn_tail: return "torn tail";
        case Finding::Kind::changed: return "changed";
        case Finding::Kind::note: return "note";
    }
    return "note";
}

std::string as_json(const Finding& finding) {
    const auto place = [](const std::optional<Position>& position) {
        return position ? std::to_string(position->value) : std::string("null");
    };
    std::string text = "{\"kind\":";
    append_json_string(text, name_of(finding.kind));
    text += ",\"file\":";
    append_json_string(text, finding.file);
    text += ",\"offset\":" + std::to_string(finding.offset) + ",\"bytes\":" + std::to_string(finding.bytes);
    text += ",\"first\":" + place(finding.first) + ",\"last\":" + place(finding.last) + ",\"streams\":[";
    for (const std::string& stream : finding.streams) {
        if (text.back() != '[') text += ',';
        append_json_string(text, stream);
    }
    text += "],\"what\":";
    append_json_string(text, finding.what);
    return text + "}";
}

std::string as_json(const VerifyReport& report) {
    std::string text = "{\"damaged\":" + std::string(report.damaged() ? "true" : "false");
    text += ",\"segments\":" + std::to_string(report.segments) + ",\"blocks\":" + std::to_string(report.blocks);
    text += ",\"commits\":" + std::to_string(report.commits) + ",\"events\":" + std::to_string(report.events);
    text += ",\"removed\":" + std::to_string(report.removed);
    text += ",\"reducedBlocks\":" + std::to_string(report.reduced_blocks);
    text += ",\"bytes\":" + std::to_string(report.bytes) + ",\"digest\":";
    append_json_string(text, report.digest);
    text += ",\"unchangedUpTo\":" + (report.unchanged_up_to ? std::to_string(report.unchanged_up_to->value) : "null");
    text += ",\"segmentDigests\":[";
    for (const SegmentDigest& segment : report.segment_digests) {
        if (text.back() != '[') text += ',';
        text += "{\"file\":";
        append_json_string(text, segment.file);
        text += ",\"first\":" + std::to_string(segment.first.value) +
                ",\"next\":" + std::to_string(segment.next.value) + ",\"digest\":";
        append_json_string(text, segment.digest);
        text += "}";
    }
    text += "],\"findings\":[";
    for (const Finding& finding : report.findings) {
        if (text.back() != '[') text += ',';
        text += as_json(finding);
    }
    return text + "]}\n";
}

void print(const Finding& finding, Screen& screen) {
    const bool bad = finding.kind == Finding::Kind::damage || finding.kind == Finding::Kind::changed;
    screen.out << paint(screen, bad ? Colour::red : Colour::yellow, padded(name_of(finding.kind), 10));
    if (!finding.file.empty()) {
        screen.out << one_line(finding.file);
        if (finding.offset > 0 || finding.bytes > 0) screen.out << " at byte " << std::to_string(finding.offset);
        if (finding.bytes > 0) screen.out << " (" << counted(finding.bytes, "byte") << ")";
        screen.out << ": ";
    }
    if (finding.first) {
        const bool one = finding.first == finding.last;
        screen.out << (one ? "event " : "events ") << std::to_string(finding.first->value);
        if (!one) screen.out << ".." << (finding.last ? std::to_string(finding.last->value) : "");
        for (std::size_t i = 0; i < finding.streams.size(); ++i)
            screen.out << (i == 0 ? " of " : ", ") << one_line(finding.streams[i]);
        screen.out << ": ";
    }
    screen.out << one_line(finding.what) << "\n";
}

std::string verdict(const VerifyReport& report, const Screen& screen) {
    if (report.damaged()) return paint(screen, Colour::red, "damaged");
    if (report.changed()) return paint(screen, Colour::red, "not the history that was written down");
    return paint(screen, Colour::green, "no damage");
}

void print(const VerifyReport& report, Screen& screen) {
    for (const Finding& finding : report.findings) print(finding, screen);
    screen.out << counted(report.events, "event") << " in " << counted(report.commits, "commit") << ", "
               << counted(report.blocks, "block") << ", " << counted(report.segments, "segment") << ", "
               << bytes_text(report.bytes) << ": " << verdict(report, screen) << "\n";
    if (report.removed > 0) {
        screen.out << counted(report.removed, "event") << " of them removed by compactions: of "
                   << counted(report.reduced_blocks, "block")
                   << " the digest proves place, time and numbers, and no longer what is left in "
                   << (report.reduced_blocks == 1 ? "it" : "them") << "\n";
    }
    if (report.unchanged_up_to > Position{0} && !report.changed())
        screen.out << "unchanged below position " << std::to_string(report.unchanged_up_to->value) << "\n";
    screen.out << "digest " << report.digest << "\n";
}

/// The lines that --expect @FILE takes back; what is to be said besides stands behind a #.
void print_digests(const VerifyReport& report, Screen& screen) {
    for (const SegmentDigest& segment : report.segment_digests)
        screen.out << segment.digest << "  " << one_line(segment.file) << "\n";
    for (const Finding& finding : report.findings) screen.out << "# " << one_line(finding.what) << "\n";
}

/// The digests of an option's text: itself, or with @ the first word of each line of a file.
Result<std::vector<std::string>> digests_of(const std::string& text) {
    if (!text.starts_with('@')) return std::vector<std::string>{text};
    std::ifstream file(text.substr(1));
    if (!file) return Error{Code::not_found, "--expect: cannot read the file '" + text.substr(1) + "'"};
    std::vector<std::string> digests;
    for (std::string line; std::getline(file, line);) {
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos || line[begin] == '#') continue;
        digests.push_back(line.substr(begin, line.find_first_of(" \t\r", begin) - begin));
    }
    if (digests.empty()) return Error{Code::invalid_argument, "--expect: the file '" + text.substr(1) + "' is empty"};
    return digests;
}

Result<Exit> run(const Options& options, Screen& screen) {
    std::vector<std::string> expect;
    for (const std::string& text : options.expect) {
        const auto digests = digests_of(text);
        if (!digests) return digests.error();
        expect.insert(expect.end(), digests->begin(), digests->end());
    }
    const Result<VerifyReport> report = [&] {
        LongWork work(screen, options.no_progress);
        return verify(options.folder, {.expect = expect, .watch = work.watch()});
    }();
    if (!report) return report.error();
    if (options.json) {
        screen.out << as_json(*report);
    } else if (options.digests) {
        print_digests(*report, screen);
    } else {
        print(*report, screen);
    }
    return report->damaged() || report->changed() ? Exit::failed : Exit::ok;
}

}  // namespace

void add_verify(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("verify", purpose)
        .argument("STORE", options->folder, folder_help)
        .options("--expect", "DIGEST", options->expect,
                 "History must be what this digest says, or those in the file of @FILE; may be repeated")
        .flag("--digests", options->digests, "Print one digest for each segment, for --expect @FILE")
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The report as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .failure(Exit::usage)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
