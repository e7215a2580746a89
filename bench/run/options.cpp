#include "run/options.hpp"

#include <CLI/CLI.hpp>
#include <regex>

namespace varve::bench {
namespace {

constexpr const char* purpose =
    "Measures Varve beside RocksDB, LMDB, SQLite and a bare log: same events, same threads, same disk, in "
    "alternation.\n"
    "Every figure is a median over rounds; durable ones are also told as multiples of R, a 4 KiB write + fdatasync\n"
    "measured in the same round. What was acknowledged is read back and compared.\n";

constexpr const char* footer =
    "\nA folder varve-bench-<pid> is made below --folder and removed at the end, also on Ctrl-C.\n"
    "Exit code: 0; 1 when a subject failed, lost data or a floor was missed; 2 when the arguments make no sense.";

std::string check_regex(const std::string& text) {
    try {
        const std::regex expression(text);
    } catch (const std::regex_error& error) {
        return "'" + text + "' is no regular expression: " + error.what();
    }
    return {};
}

}  // namespace

std::variant<Options, int> parse(int count, char** arguments) {
    Options options;
    CLI::App app(purpose, "varve_bench");
    app.footer(footer);
    app.add_flag("--quick", options.quick, "Short rounds: a rough answer in about two minutes");
    app.add_flag("--list", options.list, "List the cases and end");
    app.add_option("--only", options.only,
                   "Only the cases whose id matches this regular expression, e.g. 'append.durable'")
        ->check(CLI::Validator(check_regex, "REGEX"));
    app.add_option("--subjects", options.subjects,
                   "Only these, separated by commas: varve, memory, bare log, rocksdb, lmdb, sqlite")
        ->delimiter(',');
    app.add_option("--rounds", options.rounds, "Rounds of each case; medians are taken over them")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--folder", options.folder, "Where the data lies while it runs: on the disk to be measured")
        ->capture_default_str();
    app.add_option("--json", options.json, "Write the figures as JSON lines into this file; '-' for standard output");
    app.add_option("--load-of", options.load.contender)->group("");
    app.add_option("--load-folder", options.load.folder)->group("");
    app.add_option("--load-events", options.load.events)->group("");
    app.add_option("--load-streams", options.load.streams)->group("");
    app.add_flag("--load-killed", options.load.killed)->group("");
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return options;
}

}  // namespace varve::bench
