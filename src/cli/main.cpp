/// The binary `varve`: everything it can do, in one place.
#include <clocale>
#include <csignal>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "varve/version.hpp"

namespace {

constexpr const char* purpose =
    "Varve, an event store: append facts to one ordered, durable, verifiable log; read them, follow them,\n"
    "check them, move them.";

constexpr const char* footer =
    "A store is named by its folder, e.g. ./bank. Try it:\n"
    "  varve append ./bank account-a1 Opened '{\"owner\":\"Ada\"}'\n"
    "  varve read ./bank\n"
    "  varve tail ./bank          # live, until Ctrl-C\n"
    "  varve verify ./bank\n"
    "\n"
    "'varve COMMAND --help' explains a command with examples. Exit codes: 0 it worked, 1 the operation failed,\n"
    "2 the command line makes no sense.";

}  // namespace

int main(int argc, char** argv) {
    using namespace varve::cli;
    // A reader that went away shows as an error of write(), see Output.
    std::signal(SIGPIPE, SIG_IGN);
    // Likewise a file at the limit of its size.
    std::signal(SIGXFSZ, SIG_IGN);
    // For the width of characters only; numbers and messages stay the same everywhere.
    std::setlocale(LC_CTYPE, "C.UTF-8");

    keep_standard_streams();
    Screen screen;
    look_around(screen);

    CommandLine line(purpose, footer, "varve " VARVE_VERSION);
    add_append(line);
    add_read(line);
    add_tail(line);
    add_streams(line);
    add_info(line);
    add_keep(line);
    add_delete(line);
    add_tombstone(line);
    add_forget(line);
    add_keys(line);
    add_projections(line);
    add_verify(line);
    add_import(line);
    add_export(line);
    add_backup(line);
    add_restore(line);
    add_fork(line);
    add_compact(line);
    add_stats(line);
    add_diff(line);
    add_explain(line);
    add_doctor(line);
    add_serve(line);
    return line.run(argc, argv, screen);
}
