#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/signals.hpp"
#include "server/serving.hpp"
#include "varve/store.hpp"

namespace varve::cli {
namespace {

constexpr const char* purpose =
    "Put a store on the network, for every client in every language\n\n"
    "Opens the store (making it when it is not there; 'memory:' for one that ends with the server) and serves it on\n"
    "one port: the protocol of KurrentDB and EventStoreDB clients, and HTTP. Connect them to\n"
    "kurrentdb://127.0.0.1:2113?tls=false. It listens on this machine only: TLS and users are not there yet, so\n"
    "whoever reaches the port may do everything.";

constexpr const char* examples =
    "  varve serve ./bank                        on 127.0.0.1:2113, until Ctrl-C\n"
    "  varve serve memory: --port 0              try something out; prints the port that it got\n"
    "  curl http://127.0.0.1:2113/info           what it is\n";

constexpr const char* exit_codes =
    "  0  ended by SIGINT (Ctrl-C) or SIGTERM, after what was at hand\n"
    "  1  the store could not be opened, or the port not be had\n"
    "  2  wrong use";

constexpr std::chrono::seconds drain_usually{10};
constexpr std::uint64_t port_max = 65'535;
constexpr std::uint64_t threads_max = 64;
constexpr std::uint64_t drain_max = 3600;

struct Options {
    std::string store;
    std::optional<std::string> address;
    std::optional<std::uint64_t> port;
    std::optional<std::uint64_t> threads;
    std::optional<std::uint64_t> drain;
    bool buffered = false;
};

Result<Exit> run(const Options& options, Screen& screen) {
    StopSignals signals;
    OpenOptions opening;
    if (options.buffered) opening.durability = Durability::buffered;
    Result<Store> store = varve::open(options.store, opening);
    if (!store) return store.error();
    server::ServingOptions wanted;
    if (options.address) wanted.address = *options.address;
    if (options.port) wanted.port = static_cast<std::uint16_t>(*options.port);
    if (options.threads) wanted.loops = static_cast<unsigned>(*options.threads);
    auto serving = server::Serving::start(*store, wanted);
    if (!serving) return serving.error();
    screen.out.write(fmt::format("varve serves {} ({} events) on {}:{}\n  kurrentdb://{}:{}?tls=false\n", options.store,
                                 store->head().value, wanted.address, (*serving)->port(), wanted.address,
                                 (*serving)->port()));
    if (const Result<> flushed = screen.out.flush(); !flushed) return flushed.error();
    static_cast<void>(signals.readable_first(-1));
    screen.out.write("varve ends: what is at hand may finish\n");
    static_cast<void>(screen.out.flush());
    (*serving)->stop(options.drain ? std::chrono::seconds(*options.drain) : drain_usually);
    serving->reset();
    if (const Result<> closed = store->close(); !closed) return closed.error();
    return Exit::ok;
}

}  // namespace

void add_serve(CommandLine& line) {
    auto options = std::make_shared<Options>();
    Command command = line.command("serve", purpose);
    command.argument("STORE", options->store, "The store: the path of its folder, or memory:")
        .option("--address", "ADDRESS", options->address, "Listen on this address of the machine (default 127.0.0.1)")
        .option("--port", options->port, "Listen on this port (default 2113; 0: any that is free)", {0, port_max})
        .option("--threads", options->threads, "So many threads serve (default 1)", {1, threads_max})
        .option("--drain", options->drain, "Seconds that calls at hand have to finish at the end (default 10)",
                {0, drain_max})
        .flag("--buffered", options->buffered,
              "Do not wait for the disk: survives a crash of the server, not of the machine")
        .examples(examples)
        .exit_codes(exit_codes)
        .action([options](Screen& screen) { return run(*options, screen); });
}

}  // namespace varve::cli
