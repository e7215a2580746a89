#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/folder_engine.hpp"
#include "io/clock_seam.hpp"
#include "memory/memory_engine.hpp"
#include "store/names.hpp"
#include "varve/store.hpp"

namespace varve {
namespace {

constexpr std::uint64_t segment_bytes_min = 1 << 20;
constexpr std::uint64_t segment_bytes_max = 1 << 30;

Error invalid(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

/// The `varve` of `varve://host:2113`; empty when `where` is no URL.
std::string_view scheme_of(std::string_view where) {
    const std::size_t end = where.find("://");
    if (end == std::string_view::npos) return {};
    const std::string_view scheme = where.substr(0, end);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
    };
    return std::all_of(scheme.begin(), scheme.end(), fits) ? scheme : std::string_view();
}

Result<Store> open_memory(std::string_view where, const OpenOptions& options) {
    if (where != "memory:") {
        return invalid(store::in_quotes(where) + " cannot be opened: memory stores have no name, write `memory:`");
    }
    if (options.read_only) return invalid("`memory:` begins empty, so it cannot be opened read-only");
    return Store(memory::memory_engine(io::real_environment(options.clock).clock));
}

Result<Store> open_folder(const std::string& where, const OpenOptions& options) {
    if (options.segment_bytes < segment_bytes_min || options.segment_bytes > segment_bytes_max) {
        return invalid("segment_bytes is " + std::to_string(options.segment_bytes) + "; it must be between " +
                       std::to_string(segment_bytes_min) + " (1 MiB) and " + std::to_string(segment_bytes_max) +
                       " (1 GiB)");
    }
    if (options.durability == Durability::volatile_) {
        return invalid("a folder cannot be volatile: open it durable or buffered, or open `memory:`");
    }
    if (auto checked = store::check_path(where); !checked) return checked.error();
    // The process may change its folder later, and files of the store are opened all the time.
    std::error_code lost;
    const std::string folder = std::filesystem::absolute(where, lost).string();
    if (lost) {
        return Error{.code = Code::not_found,
                     .message = "the path " + store::in_quotes(where) + " cannot be followed from here (" +
                                lost.message() + "): give the whole path"};
    }
    auto engine = engine::open_folder_engine(folder, options, io::real_environment(options.clock));
    if (!engine) return std::move(engine).error();
    return Store(*std::move(engine));
}

}  // namespace

Result<Store> open(const std::string& where, const OpenOptions& options) {
    if (where.empty()) return invalid("nothing to open: give `memory:` or the path of a folder");
    if (where.starts_with("memory:")) return open_memory(where, options);
    if (const std::string_view scheme = scheme_of(where); !scheme.empty()) {
        return invalid(store::in_quotes(where) + " cannot be opened: this version knows no " +
                       store::in_quotes(scheme) + " stores, only `memory:` and the path of a folder");
    }
    return open_folder(where, options);
}

}  // namespace varve
