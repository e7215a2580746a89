#include "varve/diff.hpp"

#include <map>
#include <memory>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "text/event_json.hpp"
#include "varve/json_value.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Show what each event of a stream changed\n\n"
    "For each event after revision A, up to and with B: the members of its data that differ from what earlier events\n"
    "of the stream told last, with both values. Without B: up to the last event; without A: from the first one. What\n"
    "the events mean, only your application knows: App::diff shows how its own state changed. It looks beside a "
    "running\n"
    "writer and changes nothing.";

constexpr const char* examples =
    "  varve diff ./bank account-a1            the whole life of the account\n"
    "  varve diff ./bank account-a1 5 9        from how it was at revision 5 to how it was at 9\n"
    "  varve diff ./bank account-a1 --json | jq -c '.fields[]'\n";

constexpr const char* exit_codes =
    "  0  the changes were shown (a stream that does not exist has none)\n"
    "  1  the store could not be opened or read, or standard output not be written\n"
    "  2  wrong use";

struct Options {
    std::string store, stream;
    std::optional<std::string> from, until;
    bool json = false;
};

/// What the events of a stream have told, member by member: of each the latest.
class Told {
public:
    /// Data that is no JSON object tells nothing.
    Result<std::vector<FieldChange>> take(const Event& event) {
        const auto json = text::data_as_json(event.data, event.content_type);
        if (!json) return std::vector<FieldChange>();
        const auto document = parse_json(*json);
        if (!document) return std::vector<FieldChange>();
        std::map<std::string_view, std::string> told;
        for (const auto& [name, value] : document->root().members()) told.emplace(name, value.text());
        std::string before = "{", after = "{";
        for (const auto& [name, value] : told) {
            const auto known = members_.find(name);
            if (known != members_.end()) add(before, name, known->second);
            add(after, name, value);
            members_.insert_or_assign(std::string(name), value);
        }
        return json_changes(before + "}", after + "}");
    }

private:
    static void add(std::string& object, std::string_view name, std::string_view value) {
        if (object.size() > 1) object += ',';
        append_json_string(object, name);
        object += ':';
        object += value;
    }

    std::map<std::string, std::string, std::less<>> members_;
};

void print_json(const StateChange& change, Screen& screen) {
    std::string text = "{\"revision\":" + std::to_string(change.revision.value) +
                       ",\"position\":" + std::to_string(change.position.value) + ",\"time\":\"" +
                       to_string(change.time) + "\",\"type\":";
    append_json_string(text, change.type);
    text += ",\"fields\":[";
    for (const FieldChange& field : change.fields) {
        if (text.back() != '[') text += ',';
        text += "{\"field\":";
        append_json_string(text, field.field);
        text += ",\"before\":" + (field.before.empty() ? "null" : field.before) +
                ",\"after\":" + (field.after.empty() ? "null" : field.after) + "}";
    }
    screen.out << text << "]}\n";
}

void print(const StateChange& change, Screen& screen) {
    screen.out << paint(screen, Colour::bold,
                        "revision " + std::to_string(change.revision.value) + "  " + one_line(change.type))
               << "  " << paint(screen, Colour::dim, to_string(change.time)) << "\n";
    if (change.fields.empty()) screen.out << "  nothing changed\n";
    std::size_t width = 0;
    for (const FieldChange& field : change.fields) width = std::max(width, columns(one_line(field.field)));
    for (const FieldChange& field : change.fields) {
        screen.out << "  " << padded(one_line(field.field), width) << "  ";
        if (!field.before.empty()) screen.out << paint(screen, Colour::red, one_line(field.before)) << " -> ";
        screen.out << (field.after.empty() ? "nothing" : paint(screen, Colour::green, one_line(field.after))) << "\n";
    }
}

Result<Exit> run(const Options& options, Screen& screen) {
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    Selection selection{.source = Stream{options.stream}};
    if (options.until) selection.until_revision = Revision{*parse_number(*options.until)};
    Result<Cursor> cursor = store->read(selection);
    if (!cursor) return cursor.error();
    Told told;
    Result<> compared;
    const Result<> walked = cursor->each([&](const Event& event) {
        auto fields = told.take(event);
        if (!fields) {
            compared = std::move(fields).error();
            return false;
        }
        if (options.from && event.revision <= Revision{*parse_number(*options.from)}) return true;
        const StateChange change{event.revision, event.position, event.created, std::string(event.type), *fields};
        if (options.json) {
            print_json(change, screen);
        } else {
            print(change, screen);
        }
        return !screen.out.closed();
    });
    if (!walked) return walked.error();
    if (!compared) return compared.error();
    return Exit::ok;
}

}  // namespace

void add_diff(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("diff", purpose)
        .argument("STORE", options->store, store_help)
        .argument("STREAM", options->stream, "The stream, e.g. account-a1")
        .optional_argument("A", options->from, "The revision to compare with: its own change is not shown")
        .optional_argument("B", options->until, "The revision to end with")
        .json(options->json, "One JSON object a line: revision, position, time, type, fields")
        .examples(examples)
        .exit_codes(exit_codes)
        .check([options]() -> Result<> {
            for (const auto* revision : {&options->from, &options->until}) {
                if (!*revision || parse_number(**revision)) continue;
                return Error{Code::invalid_argument, "'" + **revision + "' is no revision: a whole number"};
            }
            return {};
        })
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
