#include <memory>

#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/text.hpp"
#include "varve/json_value.hpp"
#include "varve/projection_file.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Show how projections in SQLite files are doing\n\n"
    "Position, rate, the last error, and the keys in quarantine: those whose event could not be applied, with the "
    "event\n"
    "and why. With the store, also how far behind it is. It looks beside a running program.\n"
    "--retry and --discard leave a mark for a key in the file: the program does it within a second or so, or when it\n"
    "starts. A retry applies what the key has missed, in order; mend the handler or the row first. To discard is to go "
    "on\n"
    "without what was missed: rows stay as they are.";

constexpr const char* examples =
    "  varve projections balances.db\n"
    "  varve projections *.db --store ./bank            with how far behind each is\n"
    "  varve projections balances.db --retry account-a1\n"
    "  varve projections balances.db --json | jq -r '.quarantined[].key'\n";

constexpr const char* exit_codes =
    "  0  they were shown, or the mark is in the file\n"
    "  1  a file is none of a projection, or of another store; no such key in quarantine\n"
    "  2  wrong use";

struct Options {
    std::vector<std::string> files;
    std::optional<std::string> store;
    std::optional<std::string> retry, discard;
    bool json = false;
};

struct Head {
    std::string store;
    Position position;

    [[nodiscard]] std::uint64_t beyond(Position at) const { return position > at ? position - at : 0; }
};

std::string as_json(const std::string& path, const ProjectionFile& file, const std::optional<Head>& head) {
    const auto text = [](std::string_view name, std::string_view value) {
        std::string member = "\"" + std::string(name) + "\":";
        append_json_string(member, value);
        return member;
    };
    const auto number = [](std::string_view name, std::uint64_t value) {
        return ",\"" + std::string(name) + "\":" + std::to_string(value);
    };
    std::string out = "{" + text("file", path) + "," + text("projection", file.projection) + "," +
                      text("store", file.store) + number("position", file.position.value);
    if (head) out += number("head", head->position.value) + number("lag", head->beyond(file.position));
    out += number("eventsPerSecond", static_cast<std::uint64_t>(file.events_per_second));
    out += "," + text("state", file.state);
    out += ",\"written\":" + (file.written ? "\"" + to_string(*file.written) + "\"" : "null");
    out += file.last_error ? "," + text("lastError", *file.last_error) : ",\"lastError\":null";
    out += ",\"quarantined\":[";
    for (const ProjectionFile::Key& key : file.quarantined) {
        if (out.back() != '[') out += ',';
        out += "{" + text("key", key.key) + number("position", key.position.value) + number("attempts", key.attempts) +
               number("missed", key.missed) + ",\"since\":\"" + to_string(key.since) + "\"," +
               text("error", key.error.to_string());
        out += key.wish.empty() ? ",\"wish\":null}" : "," + text("wish", key.wish) + "}";
    }
    return out + "]}\n";
}

void print(const std::string& path, const ProjectionFile& file, const std::optional<Head>& head, Screen& screen) {
    const auto field = [&screen](std::string_view name, std::string_view value) {
        screen.out << "  " << paint(screen, Colour::dim, padded(name, 12)) << value << "\n";
    };
    screen.out << paint(screen, Colour::bold, one_line(file.projection)) << "  " << one_line(path) << "\n";
    std::string at = with_commas(file.position.value);
    if (head && head->beyond(file.position) > 0) {
        at += ", " + counted(head->beyond(file.position), "event") + " behind";
    } else if (head) {
        at += ", the end of the store";
    }
    field("position", at);
    if (file.written) {
        field("state", one_line(file.state) + " at " + to_string(*file.written));
        field("rate", with_commas(static_cast<std::uint64_t>(file.events_per_second)) + " events/s");
    }
    if (file.last_error) field("last error", one_line(*file.last_error));
    if (file.quarantined.empty()) return;
    field("quarantine", counted(file.quarantined.size(), "key"));
    for (const ProjectionFile::Key& key : file.quarantined) {
        screen.out << "    " << paint(screen, Colour::red, one_line(key.key)) << "  "
                   << counted(key.missed, "event") + " missed since " << to_string(key.since)
                   << (key.wish.empty() ? "" : ", marked to " + one_line(key.wish)) << "\n      "
                   << one_line(key.error.message) << "\n";
    }
}

Result<Exit> mark(const Options& options, Screen& screen) {
    const std::string& file = options.files.front();
    const std::string& key = options.retry ? *options.retry : *options.discard;
    const std::string what = options.retry ? "retry" : "discard";
    if (auto marked = options.retry ? wish_retry(file, key) : wish_discard(file, key); !marked) {
        return std::move(marked).error();
    }
    const std::string done = "key '" + one_line(key) + "' is marked to " + what;
    std::string text = done + ": its program does it within a second or so, or when it starts\n";
    if (options.json) {
        text = "{\"key\":";
        append_json_string(text, key);
        text += ",\"wish\":\"" + what + "\"}\n";
    }
    if (auto told = tell(screen, text, done); !told) return std::move(told).error();
    return Exit::ok;
}

Result<Exit> show(const Options& options, Screen& screen) {
    std::optional<Head> head;
    if (options.store) {
        const Result<Store> store = open_to_read(*options.store);
        if (!store) return store.error();
        auto info = store->info();
        if (!info) return std::move(info).error();
        head = Head{info->id, store->head()};
    }
    for (const std::string& path : options.files) {
        auto file = look_into_projection(path);
        if (!file) return std::move(file).error();
        if (head && file->store != head->store) {
            return Error{
                Code::failed_precondition,
                "file '" + one_line(path) + "' was built from another store than '" + one_line(*options.store) + "'"};
        }
        if (options.json) {
            screen.out << as_json(path, *file, head);
        } else {
            print(path, *file, head, screen);
        }
    }
    return Exit::ok;
}

}  // namespace

void add_projections(CommandLine& line) {
    auto options = std::make_shared<Options>();
    line.command("projections", purpose)
        .arguments("FILE", options->files, "The SQLite file of a projection, or several")
        .option("--store", "STORE", options->store, "The store that they follow: shows how far behind they are")
        .option("--retry", "KEY", options->retry, "Mark a key in quarantine: apply what it has missed")
        .option("--discard", "KEY", options->discard, "Mark a key in quarantine: give up what it has missed")
        .json(options->json, "One JSON object a line for each file")
        .excludes("--retry", "--discard")
        .examples(examples)
        .exit_codes(exit_codes)
        .check([options]() -> Result<> {
            if (!options->retry && !options->discard) return {};
            if (options->files.size() == 1 && !options->store) return {};
            return Error{Code::invalid_argument, "--retry and --discard take one FILE, and no --store"};
        })
        .action([options](Screen& screen) {
            return options->retry || options->discard ? mark(*options, screen) : show(*options, screen);
        });
}

}  // namespace varve::cli
