#include "packages/machine.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

namespace packages {
namespace {

constexpr const char* query =
    "dpkg-query -W -f '${Package}:${Architecture} ${db:Status-Status} ${Version}\\n' 2>/dev/null";

Standings read(std::istream& lines) {
    Standings standings;
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        std::string name;
        Standing standing;
        words >> name >> standing.status >> standing.version;
        if (standing.status != "not-installed") standings[name] = standing;
    }
    return standings;
}

std::string shown(const Standing* standing) {
    if (standing == nullptr || standing->status == "not-installed") return "not there";
    return standing->status + " " + standing->version;
}

std::string name_of(const std::string& package) {
    return package.substr(0, package.find(':'));
}

/// Is the package there under another architecture?
bool elsewhere(const std::string& package, const Standings& dpkg) {
    const std::string prefix = name_of(package) + ":";
    const auto next = dpkg.lower_bound(prefix);
    return next != dpkg.end() && next->first.starts_with(prefix) && next->first != package;
}

std::string why(const std::string& package, const Standing& then, const Standing* now, const Standings& dpkg) {
    if (now == nullptr && elsewhere(package, dpkg)) return "the package has changed its architecture";
    if (now != nullptr && now->version == then.version) return "its status changed and no line of the log tells when";
    return "changed without a line in these logs: a log is missing, or an image was built from several layers";
}

}  // namespace

varve::Result<Standings> ask_dpkg(const std::string& file) {
    if (!file.empty()) {
        std::ifstream lines(file);
        if (!lines) return varve::Error{varve::Code::not_found, file + " cannot be read"};
        return read(lines);
    }
    std::unique_ptr<FILE, int (*)(FILE*)> answer(popen(query, "r"), pclose);
    std::string text;
    std::array<char, 4096> chunk{};
    while (answer && std::fgets(chunk.data(), chunk.size(), answer.get()) != nullptr) text += chunk.data();
    if (!answer || pclose(answer.release()) != 0) {
        return varve::Error{varve::Code::unavailable, "dpkg-query did not answer: is this a Debian or Ubuntu machine?"};
    }
    std::istringstream lines(text);
    return read(lines);
}

Comparison compare(const Standings& history, const Standings& dpkg) {
    Comparison result;
    for (const auto& [package, then] : history) {
        const auto found = dpkg.find(package);
        const Standing* now = found == dpkg.end() ? nullptr : &found->second;
        if (now != nullptr ? *now == then : then.status == "not-installed") {
            ++result.equal;
        } else {
            result.differences.push_back({package, shown(&then), shown(now), why(package, then, now, dpkg)});
        }
    }
    for (const auto& [package, now] : dpkg) {
        if (!history.contains(package)) result.not_in_log.push_back(package);
    }
    return result;
}

}  // namespace packages
