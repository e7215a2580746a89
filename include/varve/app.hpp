/// The application: a store, a command bus, a query bus and read models, wired by plain calls.
///
///     varve::App bank{varve::open("./bank").value()};
///     bank.handle<Withdraw, Account>(&Withdraw::account, decide);
///     bank.project<Balances>();
///     auto receipt = bank.send(Withdraw{"a1", 500});
///     auto balance = bank.ask(BalanceOf{"a1"}, varve::after(receipt));
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "varve/app_options.hpp"
#include "varve/command.hpp"
#include "varve/command_status.hpp"
#include "varve/decision.hpp"
#include "varve/detail/app_doors.hpp"
#include "varve/detail/command_route.hpp"
#include "varve/detail/moment.hpp"
#include "varve/detail/process_type.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/diff.hpp"
#include "varve/effects.hpp"
#include "varve/entity.hpp"
#include "varve/export.hpp"
#include "varve/gather.hpp"
#include "varve/keys.hpp"
#include "varve/live.hpp"
#include "varve/personal.hpp"
#include "varve/process.hpp"
#include "varve/projection.hpp"
#include "varve/projection_options.hpp"
#include "varve/query.hpp"
#include "varve/rebuild.hpp"
#include "varve/result.hpp"
#include "varve/schedule.hpp"
#include "varve/schema.hpp"
#include "varve/sink.hpp"
#include "varve/snapshots.hpp"
#include "varve/store.hpp"

namespace varve {

/// Everything may be called from any thread at any time; commands and queries share no lock. Movable; a
/// moved-from App may only be destroyed or assigned. The destructor does as `close` does, but for the store, which closes
/// with its last handle.
class VARVE_API App : private detail::AppDoors {
public:
    explicit App(const Store& store, const AppOptions& options = {});
    /// With the keys of personal data (varve/personal.hpp). The key file becomes this store's, and forgets what the log
    /// says was forgotten. When that fails (the keys are another store's, a file cannot be written), everything
    /// personal, and forget, answers why.
    App(const Store& store, const Keys& keys, const AppOptions& options = {});
    App(App&&) noexcept;
    App& operator=(App&&) noexcept;
    ~App();

    /// Says how a command is decided: `key` finds the entity (a member of the command, or a callable that takes it; a text or
    /// an integer), `decide(const C&, const S&)` answers a Decision: a function, the name of an overload set, or a lambda. It
    /// is called from every thread that sends, perhaps several times for one command, and must depend on nothing but its
    /// arguments, nor send commands. A second handler of one command is `already_exists`, and so is a state of the category
    /// of a process that runs.
    template <class C, class S, class F = Decision (*)(const C&, const S&), class K>
    Wiring handle(K key, F decide) {
        return AppDoors::add(detail::make_route<C, F, S>(std::move(decide), std::move(key)));
    }
    /// A decision over two entities, loaded by two keys (which may be equal: then both are the same state). Its
    /// events are addressed by `varve::on<S>(key, ...)`; they are written in one commit, on condition that all that
    /// was read, written or not, is still as it was read.
    template <class C, class S1, class S2, class F = Decision (*)(const C&, const S1&, const S2&), class K1, class K2>
    Wiring handle(K1 key1, K2 key2, F decide) {
        return AppDoors::add(detail::make_route<C, F, S1, S2>(std::move(decide), std::move(key1), std::move(key2)));
    }
    /// The same over three entities.
    template <class C, class S1, class S2, class S3, class F = Decision (*)(const C&, const S1&, const S2&, const S3&),
              class K1, class K2, class K3>
    Wiring handle(K1 key1, K2 key2, K3 key3, F decide) {
        return AppDoors::add(
            detail::make_route<C, F, S1, S2, S3>(std::move(decide), std::move(key1), std::move(key2), std::move(key3)));
    }

    /// Adds a middleware around every command sent from now on; see varve/command.hpp.
    void use(Middleware middleware);
    /// The same around the commands of one type, which it sees: `f(CommandContext&, const C&, const Next&)`.
    template <class C, class F>
    void use(F f) {
        AppDoors::use(typeid(C), detail::around_command<C>(std::move(f)));
    }

    /// Starts a read model with its own thread, in memory: built from the beginning of the log, then kept live.
    /// Errors: `already_exists` (this projection, or another one that answers one of its queries, is there).
    template <class P>
    Wiring project() {
        return project<P>(ProjectionOptions{});
    }
    /// The same in an SQLite file, resumed after its checkpoint. Errors besides: `failed_precondition` (the file is another
    /// store's or projection's, or its rows have another shape: delete it and it is rebuilt), `invalid_argument` (a field
    /// of the projection is no Table, or the path names no file), `unavailable` (SQLite cannot open it).
    template <class P>
    Wiring project(const Sqlite& file) {
        return project<P>(ProjectionOptions{.file = file});
    }
    /// The same in other ways: varve/projection_options.hpp.
    template <class P>
    Wiring project(const ProjectionOptions& options) {
        return AppDoors::project(detail::projection_type<P>(), options);
    }

    /// Says how effects of this type are performed (varve/effects.hpp): `f(const M&, const EffectContext&)` answers a Result<>,
    /// and is called from a thread of each projection. Those that were recorded before are performed now. Errors:
    /// `already_exists`, `invalid_argument` (less than one attempt).
    template <class M, class F>
    Wiring perform(F f, const EffectOptions& options = {}) {
        return AppDoors::add(detail::make_performer<M>(std::move(f), options));
    }
    /// Tries an effect again that was set aside (EffectsStatus::set_aside). Errors: `not_found`.
    Result<> retry_effect(std::string_view id);
    /// Waits until every effect of what is in the store now is performed, or set aside: before `close`, and in tests; not
    /// from an effect. `deadline_exceeded` says which is first, and why it waits; and what has stopped a projection.
    Result<> settle_effects(std::chrono::milliseconds limit = std::chrono::seconds(10));

    /// Builds a read model anew from the log, beside the one that runs and serves meanwhile: `bank.rebuild<Balances>()` when
    /// its handlers were mended, `bank.rebuild<Balances, BalancesV2>()` when another class, which answers at least the same
    /// queries, shall take its place (varve/rebuild.hpp). Errors: `not_found` (no such projection runs), `already_exists` (it
    /// is being rebuilt, or something else answers a query of the new one), and as of project.
    template <class Old, class New = Old>
    [[nodiscard]] Result<Rebuild> rebuild(const RebuildOptions& options = {}) {
        static_assert(detail::check_rebuilt<Old, New>());
        return AppDoors::rebuild(detail::compared_type<Old>(), detail::compared_type<New>(), options);
    }
    template <class Old, class New = Old>
    [[nodiscard]] Result<Rebuild> rebuild(const Sqlite& file) {
        return rebuild<Old, New>(RebuildOptions{.file = file});
    }

    /// Starts a process with its own thread; it hears the log from the beginning, or from where it was stopped. Errors:
    /// `already_exists` (this process, or another one of its name or category, runs; or its category is that of a state on
    /// which a command is decided).
    template <class P>
    Wiring run() {
        return AppDoors::run(detail::process_type<P>());
    }

    /// Sends a command and waits for its events to be durable. The entities are loaded, `decide` decides, the events
    /// are appended on condition that nothing read has changed; when it has, only the new events are folded and
    /// `decide` is asked again, up to ten times. A decision without events answers a receipt without streams, whose
    /// `first` and `last` are the head of the store that it has seen. With a CommandOptions::command_id that was sent
    /// before, the answer is the receipt of that time, and nobody decides.
    /// Errors: a rejection is `failed_precondition` with its word in `Error::reason`; `aborted` (the entity is too
    /// hot: others came first ten times; send again later); `deadline_exceeded`, `cancelled` (nothing was written);
    /// `already_exists` with the reason `command.id_reused` (the id is that of another command: give this one its own);
    /// `unimplemented` (no handler); `invalid_argument` (an empty key, a trace parent that is none, or an event that does
    /// not belong to an entity that was loaded); `unknown` (user code threw; the message names command and entity); and
    /// whatever Store::append answers.
    template <class C>
    [[nodiscard]] Result<Receipt> send(const C& command, CommandOptions options = {}) {
        CommandContext context(reflect::type_name<C>(), &command, detail::stored_form<C>, std::move(options));
        return AppDoors::send(typeid(C), &command, context);
    }

    /// Sends it without waiting: comes back as soon as it is in the queue (docs/commands.md). Commands about one entity are
    /// decided in the order in which they came into the queue, others at once, in up to AppOptions::command_threads
    /// threads. The answer is that of `send`; or `resource_exhausted` (the queue is full, and CommandOptions::when_full says
    /// refuse, or a completion sends, which must not wait); `cancelled` (the App was closed before its turn came).
    template <class C>
    [[nodiscard]] std::future<Result<Receipt>> send_async(C command, CommandOptions options = {}) {
        auto [done, future] = detail::promised_receipt();
        send_async(std::move(command), std::move(done), std::move(options));
        return std::move(future);
    }
    /// The same with `done(Result<Receipt>)`, which is called exactly once: in a thread of the App, or, when it
    /// is refused, in the caller's before this comes back. It must be quick: the next command about this entity waits for
    /// it. What it throws is dropped, and counted (CommandStatus::unanswered). It may send on, but not close the App.
    template <class C, class F>
        requires(!std::is_same_v<F, CommandOptions>)
    void send_async(C command, F done, CommandOptions options = {}) {
        auto owned = std::make_shared<const C>(std::move(command));
        CommandContext context(reflect::type_name<C>(), owned.get(), detail::stored_form<C>, std::move(options));
        AppDoors::send_async(typeid(C), std::move(owned), std::move(context), detail::completion_of(std::move(done)));
    }

    /// Records the command, to be sent at that moment, or at once when it has passed: once, also when the program stops
    /// meanwhile and is started again with a handler for it. With a CommandOptions::command_id it is sent with this id, and
    /// scheduling it again under the same one answers what was answered first. Of the options, deadline means nothing.
    /// Errors: `invalid_argument` (more than 100 years from now, or not to be stored), `already_exists` (the command id
    /// is that of another scheduled command), and whatever Store::append answers.
    template <class C, class Duration>
    [[nodiscard]] Result<Scheduled> schedule(const C& command, std::chrono::sys_time<Duration> at,
                                             const CommandOptions& options = {}) {
        const KeysHere keys = keys_here();
        return AppDoors::schedule(event_type<C>(), to_json(command), detail::to_timestamp(at), options);
    }
    /// The same so long after now.
    template <class C, class Rep, class Period>
    [[nodiscard]] Result<Scheduled> schedule(const C& command, std::chrono::duration<Rep, Period> after,
                                             const CommandOptions& options = {}) {
        const KeysHere keys = keys_here();
        return AppDoors::schedule(event_type<C>(), to_json(command), due_after(after), options);
    }
    /// Takes a scheduled command back. Idempotent. Errors: `failed_precondition` with the reason `schedule.sent` (its
    /// time has come), `not_found`.
    Result<> unschedule(const std::string& id);
    /// How a scheduled command stands. Errors: `not_found`.
    [[nodiscard]] Result<ScheduledCommand> scheduled(const std::string& id) const;

    /// Asks the projection that answers this query. `after(receipt)` makes it wait until the answer reflects that
    /// write. Errors: `unimplemented` (no projection answers it), `deadline_exceeded` (the projection is behind; the
    /// message says how far), `unknown` (`answer` threw), and the error that stopped the projection.
    template <class Q>
    [[nodiscard]] Answered<AnswerTo<Q>> ask(const Q& query, const After& after = {}) const {
        static_assert(detail::check_asked<Q>());
        std::optional<AnswerTo<Q>> answer;
        const auto position = AppDoors::ask(typeid(Q), reflect::type_name<Q>(), &query, after, &answer);
        if (!position.ok()) return position.error();
        return {std::move(*answer), *position};
    }

    /// Keeps asking it: the first answer, and every later one that is different (varve/live.hpp). Errors: `unimplemented`
    /// (no projection answers it), `invalid_argument` (a place to resume from that is none, or of another store),
    /// `failed_precondition` (called from within a handler, an effect or an answer of the projection), and why the projection
    /// could not be begun.
    template <class Q>
    [[nodiscard]] Result<Live<Q>> watch(const Q& query, const LiveOptions& options = {}) const {
        static_assert(detail::check_asked<Q>());
        auto source = AppDoors::watch(typeid(Q), reflect::type_name<Q>(), options);
        if (!source.ok()) return std::move(source).error();
        return Live<Q>(query, std::move(*source));
    }

    /// Asks a query with `using Pieces = ...;`: calls f(const Piece&) for each piece of the answer, in this thread; f may
    /// answer bool: false ends it. Answers how many pieces f was given. All of them are of one position, and only one is in
    /// memory (varve/sink.hpp). Meanwhile a projection in memory waits, so f must be quick there, and must ask the App for
    /// nothing; in SQLite it goes on, and the file grows until the last piece. What f throws comes out of here. Errors as of
    /// ask; f may have had pieces then.
    template <class Q, class F>
    [[nodiscard]] Answered<std::uint64_t> stream(const Q& query, F f, const After& after = {}) const {
        static_assert(detail::kind_of_query<Q>() == detail::QueryKind::pieces,
                      "varve: stream is for a query that is answered in pieces: using Pieces = ...;");
        detail::Receiver<AnswerTo<Q>, F> receiver(f);
        auto sink = receiver.sink();
        const auto position = AppDoors::ask(typeid(Q), reflect::type_name<Q>(), &query, after, &sink);
        receiver.rethrow();
        if (!position.ok()) return position.error();
        return {receiver.count(), *position};
    }

    /// Adds a function to those who answer a query with `using Answers = ...;`: `f(const Q&)`, or `f(const Q&, Deadline)` to
    /// know when nobody waits any more. It is called from up to four threads at once. Its name is what `gather` calls it.
    /// Errors: `already_exists` (one of this name answers the query).
    template <class Q, class F>
    Wiring answer(std::string name, F f) {
        return AppDoors::add(detail::make_answer_function<Q>(std::move(name), std::move(f)));
    }
    /// Asks everybody who answers it, all at once: each projection that lists it, and each function (varve/gather.hpp). Waits
    /// until all have answered, or `within.limit` is over; `within = after(receipt, limit)` makes read models wait for that
    /// write. Who does not answer in time, throws or has failed is named in `missing`, and stops nobody else. What is late
    /// goes on in threads of its own respondent, up to four, where up to 64 more questions wait.
    /// Errors: `unimplemented` (nobody at all answers it), and the error of the write.
    template <class Q>
    [[nodiscard]] Result<Gathered<AnswerTo<Q>>> gather(const Q& query, const After& within = {}) const {
        static_assert(detail::kind_of_query<Q>() == detail::QueryKind::many,
                      "varve: gather is for a query that many may answer: using Answers = ...;");
        auto replies = AppDoors::scatter(detail::scattered(query), within);
        if (!replies.ok()) return std::move(replies).error();
        return detail::gathered<AnswerTo<Q>>(std::move(*replies));
    }

    /// One entity, now or as of a revision, position or time (a state with `facts` has no revision: `invalid_argument`);
    /// `Entity::exists()` is false when nothing had happened by then. What retention has removed (varve/retention.hpp) is
    /// not folded. Errors: `invalid_argument` (an empty key), `failed_precondition` (its stream has a tombstone), `unknown`
    /// (`evolve` threw), `data_loss` and the like from the store, and an event that does not decode.
    template <class S, class K>
    [[nodiscard]] Result<Entity<S>> load(const K& key, const AsOf& as_of = {}) const {
        Entity<S> entity{stream_of<S>(key)};
        const auto folded = AppDoors::fold(detail::state_type<S>(), entity.stream, as_of, &entity.state,
                                           entity.revision, entity.position);
        if (!folded.ok()) return folded.error();
        return entity;
    }

    /// What each event after revision `from` (absent: from the beginning), up to and with `until` (absent: the last),
    /// changed in an entity's state, which must have a JSON form (varve/json.hpp). Takes memory for every change it
    /// answers. Errors as of load, and `invalid_argument` (the state has no JSON form).
    template <class S, class K>
    [[nodiscard]] Result<std::vector<StateChange>> diff(const K& key, std::optional<Revision> from = {},
                                                        std::optional<Revision> until = {}) const {
        static_assert(!detail::HasFacts<S>, "varve: diff is for states of one stream; this one's facts are a query");
        S state{};
        return AppDoors::diff(detail::state_type<S>(), stream_of<S>(key), from, until, detail::stored_form<S>, &state);
    }

    /// A whole read model as of a position or a time, rebuilt in memory by the calling thread; a revision is `invalid_argument`.
    template <class P>
    [[nodiscard]] Result<Replayed<P>> replay(const AsOf& as_of = {}) const {
        auto model = std::make_shared<P>();
        const auto position = AppDoors::replay(detail::projection_type<P>(), as_of, model.get());
        if (!position.ok()) return position.error();
        return Replayed<P>(std::move(model), *position);
    }

    /// Forgets a subject: destroys its key, so that no personal value of it can be opened any more, wherever it is: in
    /// events, states, read models, snapshots or copies of any of them. The event `Forgotten` is recorded first; all
    /// others stay as they are. Nothing personal can be stored for this subject afterwards. Repeating it writes nothing.
    /// The options' correlation, causation and metadata go with the event; the rest of them is not looked at.
    /// Errors: `not_found` (nothing was ever sealed for it), `failed_precondition` (the App has no keys, or not its
    /// own), `unavailable` (the key file failed: the message says what was done), and whatever Store::append answers
    /// (then nothing was forgotten).
    Result<Receipt> forget(const std::string& subject, const CommandOptions& options = {});

    /// Lets this thread encode and decode events with personal values itself, for as long as the answer lives:
    /// `const auto keys = crm.keys_here();`. Handlers, decisions and queries need none.
    [[nodiscard]] KeysHere keys_here() const;

    /// One instance of a process, now or in the past: what it remembers, and what it waits for. Errors as of load, and
    /// what stands in the way of hearing again what it had heard.
    template <class P, class K>
    [[nodiscard]] Result<Instance<P>> instance(const K& key, const AsOf& as_of = {}) const {
        std::shared_ptr<void> state;
        auto found = AppDoors::find_instance(detail::process_type<P>(), detail::key_text(key), as_of, state);
        if (!found.ok()) return std::move(found).error();
        return detail::with_state<P>(stream_of<P>(key), std::move(*found), std::move(*static_cast<P*>(state.get())));
    }

    /// Every process, in the order of `run`, and, once there was one, the `scheduled` commands.
    [[nodiscard]] std::vector<ProcessStatus> processes() const;
    /// Takes a key out of the quarantine of a process or a projection (its type's name): what it has missed is heard, in
    /// order, then all goes on; if an event of these fails, that is the error, and the key stays there from it on. `not_found`:
    /// no such process, projection or key in quarantine; `failed_precondition`: the projection has ended, or one of its own
    /// handlers or answers has called. A process's key that is there because its stream of steps cannot be read stays, and the
    /// error says what of it, until that is removed.
    Result<> retry(std::string_view name, const std::string& key);
    template <class P>
    Result<> retry(const std::string& key) {
        return retry(reflect::type_name<P>(), key);
    }
    /// Takes a key out of a projection's quarantine and gives up what it has missed: its rows stay as they are, and its
    /// next event is applied to them. Errors as of retry.
    Result<> discard(std::string_view projection, const std::string& key);
    template <class P>
    Result<> discard(const std::string& key) {
        return discard(reflect::type_name<P>(), key);
    }
    /// Hears an event that no instance could be given (ProcessStatus::unheard). Errors: what stands in its way, `not_found`.
    Result<> retry(std::string_view process, Position position);
    /// Waits until processes and scheduled commands have nothing left to do at this moment of the clock: events heard, commands
    /// sent, timers fired that are due. For tests. `deadline_exceeded` names what is still at work.
    Result<> settle(std::chrono::milliseconds limit = std::chrono::seconds(10));

    /// Every read model, in the order of `project`.
    [[nodiscard]] std::vector<ProjectionStatus> projections() const;
    /// Every type of command, by name: what became of those that were sent, and the one that is at work longest.
    [[nodiscard]] std::vector<CommandStatus> commands() const;
    /// How often each query was asked, how often that failed, and how long the answers took; by name.
    [[nodiscard]] std::vector<QueryStatus> queries() const;
    /// How snapshots are doing (AppOptions::snapshots); nothing: there are none.
    [[nodiscard]] std::optional<SnapshotStatus> snapshots() const;

    /// The shapes of all that it was wired with: events of states, projections and processes, commands and timers of
    /// processes; for the check against `schema.lock` (docs/schema.md). `More`, as of varve::schema: what no wiring tells,
    /// e.g. `bank.schema<varve::Commands<Remind>>()` where that one is scheduled.
    template <class... More>
    [[nodiscard]] Schema schema() const {
        std::vector<detail::StoredNames> readers = AppDoors::stored();
        (readers.push_back(detail::stored_by<More>()), ...);
        return detail::spell_schema(readers);
    }

    [[nodiscard]] const Store& store() const;
    [[nodiscard]] Store& store();

    /// Waits for the commands of `send_async` at work, answers those in the queue `cancelled`, stops the projections (their
    /// checkpoints are kept) and closes the store. Idempotent. Afterwards `send` is `failed_precondition`; questions are still
    /// answered by `ask` from the rows there are. Of two threads that close at once, the second waits for the first. Where it
    /// would wait for itself (called by a completion, a handler, an effect, an answer from memory or who receives its pieces, a
    /// function that answers `gather`) it is `failed_precondition` and closes nothing.
    Result<> close();
};

}  // namespace varve
