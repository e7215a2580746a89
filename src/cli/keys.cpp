#include <memory>

#include "cli/commands.hpp"
#include "cli/key_file.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Look into a key file of personal data, or back it up\n\n"
    "Counts subjects with a key and those that were forgotten; shows nobody's name and no key. A backup is a whole\n"
    "copy, protected as the file is. It holds keys that are destroyed later: keep it no longer than a forgotten value\n"
    "may be recoverable, and not where the backups of the log are. The file may not be open elsewhere.";

constexpr const char* examples =
    "  varve keys ./crm.keys\n"
    "  varve keys ./crm.keys --backup /safe/crm.keys.monday\n";

constexpr const char* exit_codes =
    "  0  the file is whole\n"
    "  1  a key in it is damaged, the passphrase is wrong, the file is in use or no key file ...\n"
    "  2  wrong use";

struct Options {
    KeyFileOptions file;
    std::optional<std::string> backup;
    bool json = false;
};

std::string as_json(const KeyCounts& counts) {
    return "{\"subjects\":" + std::to_string(counts.subjects) + ",\"forgotten\":" + std::to_string(counts.forgotten) +
           ",\"damaged\":" + std::to_string(counts.damaged) + "}\n";
}

std::string as_text(const KeyCounts& counts, const std::optional<std::string>& copy) {
    std::string text = "subjects   " + with_commas(counts.subjects) + " with a key\nforgotten  " +
                       with_commas(counts.forgotten) + "\n";
    if (counts.damaged > 0) {
        text += "damaged    " + with_commas(counts.damaged) +
                ": each may be somebody's key, whose values cannot be opened; take a backup of the file\n";
    }
    if (copy) text += "copied to  " + one_line(*copy) + "\n";
    return text;
}

Result<Exit> run(const Options& options, Screen& screen) {
    const auto keys = open_key_file(options.file);
    if (!keys) return keys.error();
    const KeyCounts counts = keys->counts();
    if (options.backup) {
        if (auto copied = keys->backup(*options.backup); !copied) return std::move(copied).error();
    }
    screen.out << (options.json ? as_json(counts) : as_text(counts, options.backup));
    return counts.damaged > 0 ? Exit::failed : Exit::ok;
}

}  // namespace

void add_keys(CommandLine& line) {
    auto options = std::make_shared<Options>();
    auto command = line.command("keys", purpose);
    command.argument("FILE", options->file.path, "The key file")
        .option("--backup", "TO", options->backup, "Write a copy of the file there; nothing may be there yet")
        .json(options->json, "The numbers as one JSON object");
    add_passphrase_option(command, options->file);
    command.examples(examples).exit_codes(exit_codes).action([options](Screen& screen) {
        return run(*options, screen);
    });
}

}  // namespace varve::cli
