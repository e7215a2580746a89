/// What travels with a command, and the middleware that it passes on its way.
///
///     bank.use([](varve::CommandContext& context, const varve::Next& next) {
///         auto receipt = next();
///         std::clog << context.command() << ' ' << receipt << '\n';
///         return receipt;
///     });
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "varve/commit.hpp"
#include "varve/detail/stored_type.hpp"
#include "varve/engine.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve {

namespace detail {
class CommandProgress;
}

/// What may be said about a command beside the command itself.
struct CommandOptions {
    /// Ties together all that one request caused; stored in the metadata of every event as `$correlationId`.
    std::string correlation_id = {};
    /// The id of the message that caused this command; stored as `$causationId`.
    std::string causation_id = {};
    /// The W3C `traceparent` of the request, `00-<32 hex digits>-<16>-<2>`, in lower case and neither id all zeros (else
    /// `invalid_argument`); stored as `$traceparent`.
    std::string trace_parent = {};
    /// A name for this very command, e.g. of the request that it came with (1 to limits::command_id_bytes bytes): sent
    /// again with the same one, also after a restart, it is answered by the receipt of the first time, without being
    /// decided again; Receipt::repeated says so. Stored with the events, so only a command that wrote some is known:
    /// one that was rejected, or decided on none, is decided anew. How long: Commit::command_id. A command of another
    /// type or with other values under the same id is `already_exists` with the reason `command.id_reused`.
    std::string command_id = {};
    /// Further metadata of every event, e.g. {"user", "ann"}: members of a JSON object, as texts.
    std::map<std::string, std::string> metadata = {};
    /// After it no further attempt is begun, nor is its turn waited for: the answer is `deadline_exceeded` and nothing was
    /// written.
    Deadline deadline = Deadline::max();
    /// The same when this is asked to stop: the answer is `cancelled`. An append that is under way is not taken back.
    std::stop_token cancel = {};
    /// Of `send_async`: what it does while limits::queued_commands are on their way already.
    WhenFull when_full = WhenFull::wait;
};

/// One command on its way through the bus. Lives for one `send`, used by its thread only.
class VARVE_API CommandContext {
public:
    CommandContext(std::string_view name, const void* command, const detail::StoredForm& form, CommandOptions options)
        : name_(name), command_(command), form_(form), options_(std::move(options)) {}

    /// The command's type, e.g. `Withdraw`.
    [[nodiscard]] std::string_view command() const { return name_; }
    /// The command as JSON, made when asked for.
    [[nodiscard]] Result<std::string> json() const { return detail::write_whole(form_, command_); }
    /// When, and whether, nobody waits for it any more; for middleware that does something slow.
    [[nodiscard]] Deadline deadline() const { return options_.deadline; }
    [[nodiscard]] bool cancelled() const { return options_.cancel.stop_requested(); }
    /// Middleware may change them before it calls next.
    [[nodiscard]] CommandOptions& options() { return options_; }
    [[nodiscard]] const CommandOptions& options() const { return options_; }
    /// How often it has been decided: more than 1 when other writers came first.
    [[nodiscard]] int attempts() const { return attempts_; }
    void count_attempt() { ++attempts_; }

    /// Inside: the command itself, and where App::commands sees how far it is (may be nullptr).
    [[nodiscard]] const void* body() const { return command_; }
    [[nodiscard]] detail::CommandProgress* progress() const { return progress_; }
    void show(detail::CommandProgress* progress) { progress_ = progress; }

private:
    std::string_view name_;
    const void* command_;
    detail::StoredForm form_;
    CommandOptions options_;
    int attempts_ = 0;
    detail::CommandProgress* progress_ = nullptr;
};

/// Goes on with the command: the next middleware, at last the decision and the append.
using Next = std::function<Result<Receipt>()>;

/// Wraps every command: may refuse it (answer an Error without calling next), time it, log it, change its options.
/// The first one added is the outermost. Called from every thread that sends, also at once; an exception becomes
/// an error of code `unknown`.
using Middleware = std::function<Result<Receipt>(CommandContext& context, const Next& next)>;

}  // namespace varve
