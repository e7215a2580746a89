#include <algorithm>
#include <memory>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/inspect.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Does this machine keep what a store promises?\n\n"
    "Looks at the store (or the place where one is to be made): how it was closed, who holds it, how long a sync "
    "takes\n"
    "and whether that can be true, the file system, space, limits, memory and the clock. Each line says what was "
    "found\n"
    "and, where it is not well, what to do. A file 'doctor.tmp' of 1 MiB is written for it and removed again; else it\n"
    "changes nothing, and may run beside a writer. It does not read the events: that is 'varve verify'.";

constexpr const char* examples =
    "  varve doctor ./bank\n"
    "  varve doctor /srv/varve/bank --json | jq -r '.checks[] | select(.verdict != \"ok\") | .advice'\n";

constexpr const char* exit_codes =
    "  0  all is well, or there are only warnings\n"
    "  1  there is a problem\n"
    "  2  wrong use, or there is no such place";

struct Options {
    std::string store;
    bool json = false;
};

std::string_view name_of(Diagnosis::Verdict verdict) {
    switch (verdict) {
        case Diagnosis::Verdict::ok: return "ok";
        case Diagnosis::Verdict::warning: return "warning";
        case Diagnosis::Verdict::problem: return "problem";
    }
    return "ok";
}

Colour colour_of(Diagnosis::Verdict verdict) {
    switch (verdict) {
        case Diagnosis::Verdict::ok: return Colour::green;
        case Diagnosis::Verdict::warning: return Colour::yellow;
        case Diagnosis::Verdict::problem: return Colour::red;
    }
    return Colour::red;
}

std::string as_json(const std::vector<Diagnosis>& diagnoses) {
    std::string text = "{\"checks\":[";
    for (const Diagnosis& diagnosis : diagnoses) {
        if (text.back() != '[') text += ',';
        text += "{\"name\":";
        append_json_string(text, diagnosis.name);
        text += ",\"verdict\":\"" + std::string(name_of(diagnosis.verdict)) + "\",\"what\":";
        append_json_string(text, diagnosis.what);
        text += ",\"advice\":";
        append_json_string(text, diagnosis.advice);
        text += "}";
    }
    return text + "]}\n";
}

Result<Exit> run(const Options& options, Screen& screen) {
    const auto diagnoses = doctor(options.store);
    if (!diagnoses) return diagnoses.error();
    if (options.json) {
        screen.out << as_json(*diagnoses);
    } else {
        for (const Diagnosis& diagnosis : *diagnoses) {
            screen.out << paint(screen, colour_of(diagnosis.verdict), padded(name_of(diagnosis.verdict), 9))
                       << padded(diagnosis.name, 13) << one_line(diagnosis.what) << "\n";
            if (!diagnosis.advice.empty()) screen.out << std::string(22, ' ') << one_line(diagnosis.advice) << "\n";
        }
    }
    const bool problem = std::ranges::any_of(
        *diagnoses, [](const Diagnosis& each) { return each.verdict == Diagnosis::Verdict::problem; });
    return problem ? Exit::failed : Exit::ok;
}

}  // namespace

void add_doctor(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("doctor", purpose)
        .argument("STORE", options->store, folder_help)
        .json(options->json, "One JSON object: checks, each with name, verdict, what and advice")
        .examples(examples)
        .exit_codes(exit_codes)
        .failure(Exit::usage)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
