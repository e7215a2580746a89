// The benchmark: what is measured is in cases/*_cases.cpp; who is measured in
// contenders.cpp; what should be reached in goals.cpp.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <regex>

#include <fmt/format.h>

#include "run/interrupt.hpp"
#include "run/options.hpp"
#include "run/runner.hpp"

namespace varve::bench {
namespace {

constexpr int failed = 1, bad_arguments = 2, interrupted_exit = 130;

int complain(const Error& error, int code) {
    fmt::print(stderr, "varve_bench: {}\n", error.to_string());
    return code;
}

Result<std::vector<Contender>> choose(std::vector<Contender> all, const std::vector<std::string>& wanted) {
    for (const std::string& name : wanted) {
        if (std::ranges::find(all, name, &Contender::name) == all.end()) {
            return Error{Code::invalid_argument, fmt::format("there is no subject '{}'; see --help", name)};
        }
    }
    std::erase_if(all, [&](const Contender& contender) {
        return wanted.empty() ? contender.optional : std::ranges::find(wanted, contender.name) == wanted.end();
    });
    return all;
}

std::vector<Case> choose(const Ground& ground, const std::string& only) {
    const std::regex expression(only);
    std::vector<Case> cases;
    for (auto make :
         {append_cases, read_cases, load_cases, command_cases, snapshot_cases, projection_cases, query_cases}) {
        for (Case& candidate : make(ground)) {
            if (std::regex_search(candidate.id, expression)) cases.push_back(std::move(candidate));
        }
    }
    return cases;
}

/// Where JSON lines go, if anywhere.
class JsonLines {
public:
    explicit JsonLines(const std::string& where) : standard_output_(where == "-") {
        if (!where.empty() && !standard_output_) file_.open(where);
        broken_ = !where.empty() && !standard_output_ && !file_;
    }
    [[nodiscard]] bool broken() const { return broken_; }
    void add(const CaseResult& result) {
        if (!standard_output_ && !file_.is_open()) return;
        std::ostream& out = standard_output_ ? std::cout : file_;
        for (const Row& row : result.rows) out << to_json(result, row) << std::endl;
    }

private:
    bool standard_output_, broken_ = false;
    std::ofstream file_;
};

int run(const Options& options) {
    const Scale scale = options.quick ? Scale::quick() : Scale::full();
    auto scratch = Scratch::make(std::filesystem::absolute(options.folder), scale.disk_bytes);
    if (!scratch) return complain(scratch.error(), bad_arguments);
    auto contenders = choose(all_contenders(scratch->path()), options.subjects);
    if (!contenders) return complain(contenders.error(), bad_arguments);
    JsonLines json(options.json);
    if (json.broken())
        return complain({Code::permission_denied, fmt::format("cannot write to '{}'", options.json)}, bad_arguments);
    auto probe = Probe::open(scratch->path());
    if (!probe) return complain(probe.error(), failed);
    const auto rate = probe->measure(scale.probe);
    if (!rate) return complain(rate.error(), failed);

    const Ground ground{scale, *scratch};
    std::vector<Case> cases = choose(ground, options.only);
    if (cases.empty())
        return complain({Code::invalid_argument, fmt::format("no case matches '{}'; see --list", options.only)},
                        bad_arguments);
    Report report;
    Progress progress;
    report.heading(options.quick, options.rounds, *rate);
    // A case is destroyed once it ran: the last of those that share stores takes the stores with it.
    std::ranges::reverse(cases);
    for (; !cases.empty() && !interrupted(); cases.pop_back()) {
        CaseResult result = run_case(cases.back(), *contenders, options.rounds, *probe, scale, progress);
        json.add(result);
        report.add(std::move(result));
    }
    const bool good = report.verdict();
    return interrupted() ? interrupted_exit : good ? 0 : failed;
}

int list(const Options& options) {
    const Scale scale = options.quick ? Scale::quick() : Scale::full();
    auto scratch = Scratch::make(std::filesystem::absolute(options.folder), 0);
    if (!scratch) return complain(scratch.error(), bad_arguments);
    const Ground ground{scale, *scratch};
    for (const Case& each : choose(ground, options.only)) fmt::print("{:<26} {}\n", each.id, each.title);
    return 0;
}

int load(const Options& options) {
    const auto all = all_contenders(options.load.folder);
    const auto found = std::ranges::find(all, options.load.contender, &Contender::name);
    if (found == all.end()) return complain({Code::invalid_argument, "there is no such subject"}, bad_arguments);
    return run_load(*found, options.load);
}

}  // namespace
}  // namespace varve::bench

int main(int count, char** arguments) {
    using namespace varve::bench;
    const auto parsed = parse(count, arguments);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    catch_interrupts();
    const Options& options = std::get<Options>(parsed);
    if (!options.load.contender.empty()) return load(options);
    return options.list ? list(options) : run(options);
}
