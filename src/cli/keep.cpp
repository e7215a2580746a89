#include <chrono>
#include <limits>
#include <memory>

#include "cli/age.hpp"
#include "cli/commands.hpp"
#include "cli/open_store.hpp"
#include "cli/standing.hpp"
#include "cli/text.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Say what a stream keeps, or change it\n\n"
    "Without an option it tells what the stream keeps, beside a running writer. An option sets one rule and leaves "
    "the\n"
    "others: the last N events, events of a certain age, events from a revision on. An event that any rule removes is\n"
    "removed: reads of the stream do not show it from now on. Other reads ('varve read' of everything, categories, "
    "types,\n"
    "tags) show it until a compaction has freed its room; then it is gone. Until then --forever brings it back.\n\n"
    "The settings are an event in the stream '$$STREAM', so they are in every backup, fork and export.";

constexpr const char* examples =
    "  varve keep ./bank sensor-1                      what does it keep?\n"
    "  varve keep ./bank sensor-1 --last 1000          the last thousand events\n"
    "  varve keep ./bank sensor-1 --max-age 30d        and of those only what is at most thirty days old\n"
    "  varve keep ./bank account-a1 --before 120       revision 120 and everything after it\n"
    "  varve keep ./bank sensor-1 --forever            everything that is still there, and all that comes\n";

constexpr const char* exit_codes =
    "  0  it was told, or set as durably as the receipt says\n"
    "  1  nothing was set: the stream has a tombstone, the store is in use, disk full ...\n"
    "  2  wrong use";

constexpr std::uint64_t number_max = std::numeric_limits<std::int64_t>::max();

struct Options {
    std::string store, stream;
    std::optional<std::uint64_t> last;
    std::optional<std::chrono::seconds> max_age;
    std::optional<Revision> before;
    bool forever = false;
    bool json = false;

    [[nodiscard]] bool change() const { return last || max_age || before || forever; }
};

Result<Exit> show(const Options& options, Screen& screen) {
    const Result<Store> store = open_to_read(options.store);
    if (!store) return store.error();
    const auto standing = store->retention(options.stream);
    if (!standing) return standing.error();
    screen.out << (options.json ? standing_json(options.stream, *standing, nullptr)
                                : standing_text(options.stream, *standing));
    return Exit::ok;
}

Result<Exit> set(const Options& options, Screen& screen) {
    Result<Store> store = open_to_write(options.store, {.create = false});
    if (!store) return store.error();
    const auto before = store->retention(options.stream);
    if (!before) return before.error();
    Retention keeps = options.forever ? Retention{.truncate_before = Revision{0}} : before->keeps;
    if (options.last) keeps.max_count = options.last;
    if (options.max_age) keeps.max_age = options.max_age;
    if (options.before) keeps.truncate_before = options.before;
    const auto receipt = store->keep(options.stream, keeps);
    if (!receipt) return receipt.error();
    const auto standing = store->retention(options.stream);
    if (!standing) return standing.error();
    const Result<> closed = store->close();
    const std::string done = one_line(options.stream) + " keeps " + keeps_text(standing->keeps);
    const std::string text =
        done + "; " + shown_text(*standing) + " (" + std::string(to_string(receipt->durability)) + ")\n";
    const Result<> told = tell(screen, options.json ? standing_json(options.stream, *standing, &*receipt) : text, done);
    if (!told) return told.error();
    if (!closed) return Result<>(closed).within(done + ", but the store could not be closed").error();
    return Exit::ok;
}

}  // namespace

void add_keep(CommandLine& line) {
    auto options = std::make_shared<Options>();
    const auto age = [options](const std::string& text) -> Result<> {
        options->max_age = parse_age(text);
        if (options->max_age) return {};
        return Error{Code::invalid_argument,
                     "'" + text + "' is no age such as 90s, 45m, 12h, 30d or 2w (whole numbers, at least 1s)"};
    };
    line.command("keep", purpose)
        .argument("STORE", options->store, store_help)
        .argument("STREAM", options->stream, "The stream, e.g. sensor-1; it need not exist yet")
        .option("--last", options->last, "Keep the last N events", {.least = 1, .most = number_max})
        .option("--max-age", "AGE", "Keep events of at most this age: 90s, 45m, 12h, 30d, 2w", age)
        .option("--before", options->before, "Remove the revisions below this one that are there now")
        .flag("--forever", options->forever, "Keep everything: no rule any more")
        .excludes("--forever", "--last")
        .excludes("--forever", "--max-age")
        .excludes("--forever", "--before")
        .json(options->json, "What the stream keeps as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action(
            [options](Screen& screen) { return options->change() ? set(*options, screen) : show(*options, screen); });
}

}  // namespace varve::cli
