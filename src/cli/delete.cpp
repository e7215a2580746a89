#include <memory>

#include "cli/commands.hpp"
#include "cli/expectation.hpp"
#include "cli/open_store.hpp"
#include "cli/standing.hpp"
#include "cli/text.hpp"

namespace varve::cli {
namespace {

constexpr const char* delete_purpose =
    "Delete a stream; its name can be used again\n\n"
    "Every event that the stream has now is removed: it reads as if it did not exist, and the next append goes on "
    "behind\n"
    "its last revision. Other reads ('varve read' of everything, categories, types, tags) show the events until a\n"
    "compaction has freed their room; then they are gone. Until then 'varve keep STORE STREAM --forever' brings them "
    "back.\n"
    "For an end without a return see 'varve tombstone'.";

constexpr const char* delete_examples =
    "  varve delete ./bank cart-7\n"
    "  varve delete ./bank cart-7 --expect 12    only when revision 12 is still its last\n"
    "  varve keep ./bank cart-7 --forever        a mistake: back again\n";

constexpr const char* tombstone_purpose =
    "End a stream for ever\n\n"
    "Every event of the stream is removed, and nothing can be appended to it or its settings any more, by anybody. "
    "This\n"
    "cannot be taken back. A name that was never used can be barred in advance. Other reads ('varve read' of "
    "everything,\n"
    "categories, types, tags) show the events until a compaction has freed their room; the tombstone itself stays.\n"
    "To use the name again later see 'varve delete'.";

constexpr const char* tombstone_examples =
    "  varve tombstone ./bank person-9\n"
    "  varve tombstone ./bank person-9 --expect exists    not a name that was mistyped\n";

constexpr const char* exit_codes =
    "  0  it is done, as durably as the receipt says\n"
    "  1  nothing was done: no such stream, not as expected, a tombstone, the store is in use, disk full ...\n"
    "  2  wrong use";

struct Options {
    std::string store, stream;
    std::optional<Expected> expect;
    bool json = false;
};

/// What the two commands differ in.
struct Ending {
    Result<Receipt> (Store::*end)(std::string_view stream, Expected expected);
    const char* done;
    const char* then;
};

Result<Exit> run(const Ending& ending, const Options& options, Screen& screen) {
    Result<Store> store = open_to_write(options.store, {.create = false});
    if (!store) return store.error();
    const auto receipt = ((*store).*ending.end)(options.stream, options.expect.value_or(Expected::any()));
    if (!receipt) return receipt.error();
    const auto standing = store->retention(options.stream);
    if (!standing) return standing.error();
    const Result<> closed = store->close();
    const std::string done = one_line(options.stream) + ending.done;
    std::string text = done + ": " + shown_text(*standing) + "; " + ending.then;
    if (standing->state == StreamState::deleted) text += " " + std::to_string(standing->last->value + 1);
    text += " (" + std::string(to_string(receipt->durability)) + ")\n";
    const Result<> told = tell(screen, options.json ? standing_json(options.stream, *standing, &*receipt) : text, done);
    if (!told) return told.error();
    if (!closed) return Result<>(closed).within(done + ", but the store could not be closed").error();
    return Exit::ok;
}

void add(CommandLine& line, const char* name, const char* purpose, const char* examples, const Ending& ending) {
    auto options = std::make_shared<Options>();
    line.command(name, purpose)
        .argument("STORE", options->store, store_help)
        .argument("STREAM", options->stream, "The stream, e.g. cart-7")
        .option("-e,--expect", expectation_values, "What STREAM must be like, else nothing is done (default any)",
                expectation_parser(options->expect))
        .json(options->json, "What is left of the stream as one JSON object")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([ending, options](Screen& screen) { return run(ending, *options, screen); });
}

}  // namespace

void add_delete(CommandLine& line) {
    add(line, "delete", delete_purpose, delete_examples,
        {.end = &Store::remove, .done = " is deleted", .then = "the next append is revision"});
}

void add_tombstone(CommandLine& line) {
    add(line, "tombstone", tombstone_purpose, tombstone_examples,
        {.end = &Store::tombstone, .done = " has ended", .then = "nothing can be appended to it any more"});
}

}  // namespace varve::cli
