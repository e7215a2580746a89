#include <memory>

#include "cli/commands.hpp"
#include "cli/key_file.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"
#include "varve/app.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Forget a subject: destroy the key of its personal values\n\n"
    "Every personal value that was sealed for the subject is gone, in events, read models and snapshots alike; the\n"
    "events stay as they are. It is recorded as an event in the stream 'varve-forgotten'. This cannot be taken back.\n"
    "Nobody else may have the store or the key file open: stop the program first, or let it call App::forget.";

constexpr const char* examples =
    "  varve forget ./crm contact-7 --keys ./crm.keys\n"
    "  varve forget ./crm contact-7 --keys ./crm.keys --request 'letter of 24 November'\n"
    "  varve read ./crm --stream varve-forgotten      who was forgotten, and when\n";

constexpr const char* exit_codes =
    "  0  the subject is forgotten, or was before\n"
    "  1  nothing was forgotten: nothing was ever sealed for it, wrong passphrase, store or keys in use, disk full "
    "...\n"
    "  2  wrong use";

struct Options {
    std::string store, subject;
    std::optional<std::string> keys, request;
    KeyFileOptions file;
    bool json = false;
};

Result<Exit> run(Options& options, Screen& screen) {
    options.file.path = *options.keys;
    const auto keys = open_key_file(options.file);
    if (!keys) return keys.error();
    const Result<Store> store = open_to_write(options.store, {.create = false});
    if (!store) return store.error();
    App app{*store, *keys};
    const auto receipt = app.forget(options.subject, {.correlation_id = options.request.value_or("")});
    if (!receipt) return receipt.error();
    const bool before = receipt->streams.empty();
    const std::string done = one_line(options.subject) + (before ? " was forgotten before" : " is forgotten");
    std::string text = done + "\n";
    if (options.json) {
        text = "{\"subject\":";
        append_json_string(text, options.subject);
        text += ",\"before\":" + std::string(before ? "true" : "false") +
                ",\"position\":" + (before ? "null" : std::to_string(receipt->first.value)) + "}\n";
    }
    const Result<> closed = app.close();
    const Result<> told = tell(screen, text, done);
    if (!told) return told.error();
    if (!closed) return Result<>(closed).within(done + ", but the store could not be closed").error();
    return Exit::ok;
}

}  // namespace

void add_forget(CommandLine& line) {
    auto options = std::make_shared<Options>();
    auto command = line.command("forget", purpose);
    command.argument("STORE", options->store, store_help)
        .argument("SUBJECT", options->subject, "Whom: what the events' subject() says, e.g. contact-7")
        .option("-k,--keys", "FILE", options->keys, "The key file (required)")
        .option("--request", "TEXT", options->request, "Who asked for it; recorded as $correlationId")
        .json(options->json, "What was done as one JSON object");
    add_passphrase_option(command, options->file);
    command.flag("--adopt", options->file.adopt, "The store was restored or forked from the one the keys belong to")
        .examples(examples)
        .exit_codes(exit_codes)
        .check([options]() -> Result<> {
            if (options->keys) return {};
            return Error{Code::invalid_argument, "which key file? give it with --keys FILE"};
        })
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
