#include "net/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace varve::net {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool token_character(char c) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
}

}  // namespace

std::string http_date(std::chrono::system_clock::time_point time) {
    static constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    (void)::gmtime_r(&seconds, &parts);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(parts.tm_wday)],
                       parts.tm_mday, months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string_view http_reason(unsigned status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 416: return "Range Not Satisfiable";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        default: return "";
    }
}

bool bodyless(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

std::pair<std::string, std::string> sendable_header(std::string_view name, std::string_view value) {
    static constexpr auto written_here = std::to_array<std::string_view>(
        {"connection", "content-length", "date", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"});
    std::string its_name(name);
    std::ranges::transform(its_name, its_name.begin(), lower);
    if (!std::ranges::all_of(its_name, token_character) ||
        std::ranges::find(written_here, its_name) != written_here.end()) {
        return {};
    }
    std::string its_value(value);
    for (char& c : its_value) {
        if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7F') c = ' ';
    }
    const auto first = its_value.find_first_not_of(" \t");
    if (first == std::string::npos) return {std::move(its_name), ""};
    return {std::move(its_name), its_value.substr(first, its_value.find_last_not_of(" \t") - first + 1)};
}

std::pair<std::string, std::string> split_target(std::string_view target) {
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return {std::string(target), ""};
    return {std::string(target.substr(0, mark)), std::string(target.substr(mark + 1))};
}

}  // namespace varve::net
