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
    "Show the bytes of one event, each with its meaning\n\n"
    "The segment's header, the frame, the commit and the record, as docs/internals/format.md describes them: offset,\n"
    "bytes, field, meaning. Every check that guards them is computed again; those that fail are named, and what can\n"
    "still be made out of a damaged event is shown. It looks beside a running writer and changes nothing.";

constexpr const char* examples =
    "  varve explain ./bank 4711\n"
    "  varve explain ./bank 4711 --json | jq '.fields[] | select(.part == \"record\")'\n";

constexpr const char* exit_codes =
    "  0  every check holds\n"
    "  1  a check fails, or there is no such event\n"
    "  2  wrong use";

struct Options {
    std::string store;
    std::string position;
    bool json = false;
};

std::string as_json(const Explanation& explanation) {
    std::string text = "{\"file\":";
    append_json_string(text, explanation.file);
    text += ",\"position\":" + std::to_string(explanation.position.value) + ",\"fields\":[";
    for (const ExplainedBytes& field : explanation.fields) {
        if (text.back() != '[') text += ',';
        text += "{\"part\":\"" + field.part + "\",\"offset\":" + std::to_string(field.offset) +
                ",\"bytes\":" + std::to_string(field.bytes) + ",\"hex\":\"" + field.hex + "\",\"field\":";
        append_json_string(text, field.field);
        text += ",\"meaning\":";
        append_json_string(text, field.meaning);
        text += std::string(",\"wrong\":") + (field.wrong ? "true" : "false") + "}";
    }
    text += "],\"wrong\":[";
    for (const std::string& wrong : explanation.wrong) {
        if (text.back() != '[') text += ',';
        append_json_string(text, wrong);
    }
    return text + "]}\n";
}

void print(const Explanation& explanation, Screen& screen) {
    screen.out << "event " << std::to_string(explanation.position.value) << " in " << one_line(explanation.file)
               << "\n";
    std::size_t hex_width = 0, field_width = 0;
    for (const ExplainedBytes& field : explanation.fields) {
        hex_width = std::max(hex_width, field.hex.size());
        field_width = std::max(field_width, field.field.size());
    }
    std::string_view part;
    for (const ExplainedBytes& field : explanation.fields) {
        if (field.part != part) screen.out << "\n" << paint(screen, Colour::bold, field.part) << "\n";
        part = field.part;
        screen.out << right_aligned(std::to_string(field.offset), 11) << "  " << padded(field.hex, hex_width) << "  "
                   << padded(field.field, field_width) << "  "
                   << (field.wrong ? paint(screen, Colour::red, "WRONG ") : std::string()) << one_line(field.meaning)
                   << "\n";
    }
    screen.out << "\n";
    if (explanation.wrong.empty()) screen.out << paint(screen, Colour::green, "every check holds") << "\n";
    for (const std::string& wrong : explanation.wrong)
        screen.out << paint(screen, Colour::red, "wrong") << "  " << one_line(wrong) << "\n";
}

Result<Exit> run(const Options& options, Screen& screen) {
    const auto explanation = explain(options.store, Position{*parse_number(options.position)});
    if (!explanation) return explanation.error();
    if (options.json) {
        screen.out << as_json(*explanation);
    } else {
        print(*explanation, screen);
    }
    return explanation->wrong.empty() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_explain(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("explain", purpose)
        .argument("STORE", options->store, folder_help)
        .argument("POSITION", options->position, "The event's position")
        .json(options->json, "One JSON object: file, position, fields, wrong")
        .examples(examples)
        .exit_codes(exit_codes)
        .check([options]() -> Result<> {
            if (parse_number(options->position)) return {};
            return Error{Code::invalid_argument,
                         "POSITION: '" + options->position + "' is no position: a whole number"};
        })
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
