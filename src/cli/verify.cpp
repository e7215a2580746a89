#include <memory>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"
#include "varve/json_value.hpp"
#include "varve/operations.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Read every byte of a store and check it\n\n"
    "Checks headers, checksums, order, hash chain and footers of the log, and the index against the log. Damage is\n"
    "told by file, byte, events and streams. The digest stands for the whole history: two stores with the same digest\n"
    "hold the same commits. It changes nothing and may run beside a writer.";

constexpr const char* examples =
    "  varve verify ./bank\n"
    "  varve verify ./bank --json | jq -r .digest     for scripts\n"
    "  varve verify ./backup && echo fine             in a nightly job\n";

constexpr const char* exit_codes =
    "  0  no damage (a torn tail of a crash, which the next opening cuts, is none)\n"
    "  1  damage was found\n"
    "  2  it could not look (no store, no permission), could not tell (standard output is full), or wrong use";

struct Options {
    std::string folder;
    bool no_progress = false;
    bool json = false;
};

std::string_view name_of(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::damage: return "damage";
        case Finding::Kind::torn_tail: return "torn tail";
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
    text += ",\"bytes\":" + std::to_string(report.bytes) + ",\"digest\":";
    append_json_string(text, report.digest);
    text += ",\"findings\":[";
    for (const Finding& finding : report.findings) {
        if (text.back() != '[') text += ',';
        text += as_json(finding);
    }
    return text + "]}\n";
}

void print(const Finding& finding, Screen& screen) {
    const bool damage = finding.kind == Finding::Kind::damage;
    screen.out << paint(screen, damage ? Colour::red : Colour::yellow, padded(name_of(finding.kind), 10));
    if (!finding.file.empty()) {
        screen.out << one_line(finding.file) << " at byte " << std::to_string(finding.offset);
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

void print(const VerifyReport& report, Screen& screen) {
    for (const Finding& finding : report.findings) print(finding, screen);
    screen.out << counted(report.events, "event") << " in " << counted(report.commits, "commit") << ", "
               << counted(report.blocks, "block") << ", " << counted(report.segments, "segment") << ", "
               << bytes_text(report.bytes) << ": "
               << (report.damaged() ? paint(screen, Colour::red, "damaged") : paint(screen, Colour::green, "no damage"))
               << "\n"
               << "digest " << report.digest << "\n";
}

Result<Exit> run(const Options& options, Screen& screen) {
    Result<VerifyReport> report = [&] {
        Progress bar(screen, options.no_progress ? Progress::Style::none : Progress::style_for(screen));
        return verify(options.folder, [&](std::uint64_t done, std::uint64_t total) {
            bar.show({.done = done, .total = total, .amount = done, .unit = Unit::bytes});
        });
    }();
    if (!report) return report.error();
    if (options.json) {
        screen.out << as_json(*report);
    } else {
        print(*report, screen);
    }
    return report->damaged() ? Exit::failed : Exit::ok;
}

}  // namespace

void add_verify(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("verify", purpose)
        .argument("STORE", options->folder, store_help)
        .flag("--no-progress", options->no_progress, "No progress on standard error")
        .json(options->json, "The report as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .failure(Exit::usage)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
