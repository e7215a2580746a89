#include "figures/report.hpp"

#include <unistd.h>

#include <thread>

#include <fmt/format.h>

#include "figures/goals.hpp"
#include "varve/version.hpp"

namespace varve::bench {
namespace {

constexpr std::size_t width = 116;

/// `7.13k`, `468k`, `2.59M`: three digits that matter.
std::string rounded(double value) {
    const char* suffix = "";
    if (value >= 999'500) {
        value /= 1e6;
        suffix = "M";
    } else if (value >= 9'995) {
        value /= 1e3;
        suffix = "k";
    }
    const int decimals = value >= 1000 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return fmt::format("{:.{}f}{}", value, decimals, suffix);
}

std::string with_unit(double value, Unit unit) {
    switch (unit) {
        case Unit::events_per_second:
        case Unit::reads_per_second: return rounded(value) + "/s";
        case Unit::ratio: return rounded(value);
        case Unit::nanoseconds:
        case Unit::milliseconds:
        case Unit::bytes:
        case Unit::megabytes: return fmt::format("{} {}", rounded(value), unit == Unit::bytes ? "B" : to_string(unit));
    }
    return {};
}

std::string or_blank(double value) {
    return value > 0 ? rounded(value) : "";
}

void print_row(const CaseResult& result, const Row& row, bool first) {
    const std::string title = first ? result.title : "";
    if (row.rounds.empty()) {
        fmt::print("{:<34} {:<9} {}\n", title, row.subject, row.error ? row.error->to_string() : "did not run");
        return;
    }
    const Row* best = row.peer ? nullptr : result.best_peer(row);
    fmt::print("{:<34} {:<9} {:<9} {:>10} {:>6} {:>8} {:>8} {:>7} {:>6} {}\n", title, row.subject,
               to_string(row.durability), with_unit(median_of(row), result.unit),
               row.rounds.size() > 1 ? fmt::format("±{:.0f}%", spread_of(row) * 100) : "",
               or_blank(median_of(row, &Figure::p50_us)), or_blank(median_of(row, &Figure::p99_us)),
               result.probes.empty() || row.durability != Durability::durable ? "" : rounded(ratio(row, result.probes)),
               best ? rounded(ratio(row, *best)) : "", best ? best->subject : "");
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '"' || c == '\\') safe += '\\';
        safe += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return safe;
}

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(const Case& which, std::string_view subject, unsigned round, unsigned rounds) {
    if (terminal_) fmt::print(stderr, "\r\x1b[K{} - {}, round {} of {}", which.title, subject, round, rounds);
}

void Progress::clear() {
    if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

void Report::heading(bool quick, unsigned rounds, double probe) const {
    fmt::print("Varve {}, compiler {}, {} cores, {} round{}{}; R = {}/s now\n", VARVE_VERSION, __VERSION__,
               std::thread::hardware_concurrency(), rounds, rounds == 1 ? "" : "s",
               quick ? ", quick: indicative only" : "", rounded(probe));
    fmt::print("{:<34} {:<9} {:<9} {:>10} {:>6} {:>8} {:>8} {:>7} {:>6} {}\n{}\n", "case", "subject", "mode", "median",
               "spread", "p50 us", "p99 us", "x R", "x best", "peer", std::string(width, '-'));
}

void Report::add(CaseResult result) {
    bool first = true;
    for (const Row& row : result.rows) {
        print_row(result, row, std::exchange(first, false));
        if (row.error && row.error->code != Code::cancelled) {
            failures_.push_back(fmt::format("{}, {}: {}", result.title, row.subject, row.error->to_string()));
        }
    }
    print_goals(result);
    results_.push_back(std::move(result));
    std::fflush(stdout);
}

void Report::print_goals(const CaseResult& result) {
    for (const Goal& goal : all_goals()) {
        if (goal.id != result.id) continue;
        const auto reached = goal.reached(result, results_);
        if (!reached) continue;
        const bool met = goal.met(*reached);
        const std::string text =
            fmt::format("{} {}: {}", goal.floor ? "floor" : "goal", goal.text(result.unit), rounded(*reached));
        fmt::print("{:<34} {} {}\n", "", met ? "+" : "-", text);
        ++(goal.floor ? floors_ : goals_);
        if (met) ++(goal.floor ? floors_met_ : goals_met_);
        if (!met && goal.floor) missed_.push_back(fmt::format("{}: {}", result.title, text));
    }
}

bool Report::verdict() const {
    fmt::print("{}\n{} of {} floors hold, {} of {} goals reached\n", std::string(width, '-'), floors_met_, floors_,
               goals_met_, goals_);
    for (const std::string& text : missed_) fmt::print("missed  {}\n", text);
    for (const std::string& text : failures_) fmt::print("failed  {}\n", text);
    return missed_.empty() && failures_.empty();
}

std::string to_json(const CaseResult& result, const Row& row) {
    std::string rounds, probes;
    for (const Figure& figure : row.rounds) rounds += fmt::format("{}{:.6g}", rounds.empty() ? "" : ",", figure.value);
    for (const double probe : result.probes) probes += fmt::format("{}{:.6g}", probes.empty() ? "" : ",", probe);
    std::string json = fmt::format(
        R"({{"case":"{}","subject":"{}","mode":"{}","unit":"{}","rounds":[{}],"median":{:.6g},"spread":{:.3g})",
        result.id, row.subject, to_string(row.durability), to_string(result.unit), rounds, median_of(row),
        spread_of(row));
    const double p99 = median_of(row, &Figure::p99_us);
    if (p99 > 0) json += fmt::format(R"(,"p50_us":{:.4g},"p99_us":{:.4g})", median_of(row, &Figure::p50_us), p99);
    if (!result.probes.empty()) json += fmt::format(R"(,"r":[{}],"x_r":{:.4g})", probes, ratio(row, result.probes));
    if (const Row* best = result.best_peer(row); best != nullptr && !row.rounds.empty()) {
        json += fmt::format(R"(,"best_peer":"{}","x_best_peer":{:.4g})", best->subject, ratio(row, *best));
    }
    if (row.error) json += fmt::format(R"(,"error":"{}")", escaped(row.error->to_string()));
    return json + "}";
}

}  // namespace varve::bench
