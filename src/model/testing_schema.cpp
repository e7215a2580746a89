#include "varve/testing_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace varve::testing {

namespace {

bool is_set(const char* name, std::string_view off) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' && value != off;
}

[[noreturn]] void fail(const std::string& path, std::string_view what) {
    throw Failure(
        Error{.code = Code::unavailable,
              .message = fmt::format("'{}' {}; check the path (a relative one counts from '{}') and its rights", path,
                                     what, std::filesystem::current_path().string())});
}

/// Nothing: there is no such file.
std::optional<Schema> read(const std::string& path) {
    if (!std::filesystem::exists(path)) return {};
    // Else reading it throws an exception of the standard library.
    if (std::filesystem::is_directory(path)) fail(path, "is a folder");
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) fail(path, "cannot be read");
    // Else everything would be new, and whatever has changed would be written down as if it had ever been so.
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw Failure(Error{.code = Code::data_loss,
                            .message = fmt::format("'{}' is empty, so nobody knows what is stored; take it back from "
                                                   "version control, or delete it where nothing is stored yet",
                                                   path)});
    }
    auto schema = Schema::parse(text);
    if (!schema.ok()) throw Failure(std::move(schema).error().within(fmt::format("'{}'", path)));
    return std::move(*schema);
}

void write(const std::string& path, const Schema& schema) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << schema.text();
    file.close();
    if (!file) fail(path, "cannot be written");
}

}  // namespace

void check_schema(const std::string& path, const Schema& schema, const SchemaCheck& check) {
    const bool ci = check.ci.value_or(is_set("CI", "false"));
    const bool accept = check.accept.value_or(is_set("VARVE_ACCEPT_SCHEMA", "0"));
    const std::optional<Schema> stored = read(path);
    if (stored == schema) return;
    if (ci && !stored) {
        throw Mismatch(
            fmt::format("'{}' is not there, and is not written here, where CI is set; run this test at your "
                        "desk and commit the file",
                        path));
    }
    std::string text;
    bool compatible = true;
    for (const SchemaChange& change : stored ? schema_changes(*stored, schema) : std::vector<SchemaChange>()) {
        compatible = compatible && change.compatible;
        text += fmt::format("  {} {}\n", change.compatible ? ' ' : '!', change.sentence);
    }
    if (!ci && (compatible || accept)) return write(path, schema);
    throw Mismatch(fmt::format("'{}' tells what is stored, and the code has changed{}:\n{}", path,
                               compatible ? "; run this test at your desk and commit the file" : "", text));
}

}  // namespace varve::testing
