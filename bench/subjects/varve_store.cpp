// Ours, through the public headers alone: the folder engine, also with its history compressed, and through a server on
// loopback; and the memory engine for orientation.
#include "server/serving.hpp"
#include "subjects/subject.hpp"
#include "varve/remote.hpp"
#include "varve/store.hpp"

namespace varve::bench {
namespace {

Commit commit_of(std::span<const Sample> events) {
    Commit commit;
    commit.events.reserve(events.size());
    for (const Sample& event : events) {
        commit.events.push_back({.stream = std::string(event.stream),
                                 .type = std::string(event.type),
                                 .data = std::string(event.data),
                                 .metadata = std::string(event.metadata),
                                 .id = event.id});
    }
    return commit;
}

/// What the event is about: its account, and a branch that has a hundredth of all accounts.
std::vector<std::string> tags_of(std::string_view stream) {
    return {"on:" + std::string(stream), "branch:" + std::string(stream.substr(stream.size() - 2))};
}

class VarveReader : public Reader {
public:
    explicit VarveReader(Store store) : store_(std::move(store)) {}

    Result<> stream(std::string_view name, Visitor& visitor) override {
        return walk({.source = Stream{std::string(name)}}, visitor);
    }
    Result<> last(std::string_view name, Visitor& visitor) override {
        return walk({.source = Stream{std::string(name)}, .direction = Direction::backward, .limit = 1}, visitor);
    }
    Result<> tagged(std::string_view name, Visitor& visitor) override {
        return walk({.source = Query{{{.tags = tags_of(name)}}}}, visitor);
    }
    Result<> replay(Visitor& visitor) override { return walk({}, visitor); }

private:
    Result<> walk(const Selection& selection, Visitor& visitor) {
        auto cursor = store_.read(selection);
        if (!cursor) return std::move(cursor).error();
        return cursor->each([&](const Event& event) {
            visitor.event({.stream = event.stream, .type = event.type, .data = event.data, .metadata = event.metadata});
        });
    }

    Store store_;
};

enum class Form : std::uint8_t { folder, packed, memory, served };

class VarveSubject : public Subject {
public:
    explicit VarveSubject(Form form) : form_(form) {}

    Result<> create(const Path& folder, Durability mode) override { return start(folder, mode, true); }
    Result<> open(const Path& folder, Durability mode) override { return start(folder, mode, false); }

    Result<> append(std::span<const Sample> events) override {
        auto receipt = store_->append(commit_of(events));
        if (!receipt) return std::move(receipt).error();
        if (receipt->durability == durability_) return {};
        return Error{Code::internal, "a receipt promises another durability than the store was opened with"};
    }

    Result<> append_tagged(std::span<const Sample> events, bool guarded) override {
        Commit commit = commit_of(events);
        for (NewEvent& event : commit.events) event.tags = tags_of(event.stream);
        for (;;) {
            Commit attempt = commit;
            if (guarded) {
                const Position head = store_->head();
                attempt.unless({{{.tags = commit.events.front().tags}}},
                               head == Position{0} ? std::nullopt : std::optional(head - 1));
            }
            auto receipt = store_->append(std::move(attempt));
            if (receipt) return {};
            if (receipt.error().code != Code::aborted) return std::move(receipt).error();
        }
    }

    Result<> append_later(std::span<const Sample> events, std::function<void(bool worked)> done) override {
        store_->append(commit_of(events),
                       [done = std::move(done)](const Result<Receipt>& receipt) { done(receipt.ok()); });
        return {};
    }

    Result<> settle() override {
        if (form_ != Form::packed) return {};
        auto report = store_->compact({.compression = Compression::zstd});
        return report ? Result<>() : Result<>(std::move(report).error());
    }

    Result<std::unique_ptr<Reader>> reader() override {
        return std::unique_ptr<Reader>(std::make_unique<VarveReader>(*store_));
    }

    Result<> close() override {
        if (!store_) return {};
        auto worked = store_->close();
        store_.reset();
        serving_.reset();
        if (served_ && worked.ok()) worked = served_->close();
        served_.reset();
        return worked;
    }

private:
    Result<> start(const Path& folder, Durability mode, bool create) {
        const bool memory = form_ == Form::memory;
        durability_ = memory ? Durability::volatile_ : mode;
        auto store =
            varve::open(memory ? "memory:" : (folder / "store").string(), {.durability = mode, .create = create});
        if (!store) return std::move(store).error();
        return form_ == Form::served ? serve(*std::move(store)) : keep(*std::move(store));
    }
    Result<> keep(Store store) {
        store_.emplace(std::move(store));
        return {};
    }
    Result<> serve(Store store) {
        served_.emplace(store);
        auto serving = server::Serving::start(std::move(store), {.port = 0});
        if (!serving) return std::move(serving).error();
        serving_ = std::move(*serving);
        auto remote = connect("varve://127.0.0.1:" + std::to_string(serving_->port()));
        if (!remote) return std::move(remote).error();
        return keep(*std::move(remote));
    }

    Form form_;
    Durability durability_ = Durability::durable;
    std::optional<Store> served_;
    std::unique_ptr<server::Serving> serving_;
    std::optional<Store> store_;
};

}  // namespace

std::unique_ptr<Subject> make_varve_folder() {
    return std::make_unique<VarveSubject>(Form::folder);
}
std::unique_ptr<Subject> make_varve_packed() {
    return std::make_unique<VarveSubject>(Form::packed);
}
std::unique_ptr<Subject> make_varve_served() {
    return std::make_unique<VarveSubject>(Form::served);
}
std::unique_ptr<Subject> make_varve_memory() {
    return std::make_unique<VarveSubject>(Form::memory);
}

}  // namespace varve::bench
