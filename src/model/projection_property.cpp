#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "model/property.hpp"
#include "model/query_bus.hpp"
#include "model/replay.hpp"
#include "model/sqlite_model.hpp"

namespace varve::testing::property {

namespace {

/// A file that is gone afterwards, with what SQLite puts beside it.
class Scratch {
public:
    explicit Scratch(const std::string& name)
        : path_(std::filesystem::temp_directory_path() /
                fmt::format("varve-{}-{}", name, EventId::random().to_string())) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + tail, ignored);
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// One history, and every way to make a read model of it.
class Case {
public:
    Case(const ModelProbe& probe, const std::vector<NewEvent>& made)
        : probe_(probe), events_(accepted(made, [this](const auto& events) { read(events); })), random_(made.size()) {}

    std::optional<Problem> find(bool twice) {
        QueryBus live(store_);
        live.project(probe_.type, {}).value();
        append_in_pieces(store_, events_, random_);
        const Lines expected = replayed(1);
        if (auto lines = asked(live); lines != expected)
            return Problem{"kept live it is not what a replay makes of it", expected, lines};
        if (auto lines = caught_up({}); lines != expected) {
            return Problem{"caught up it is not what a replay makes of it", expected, lines};
        }
        if (probe_.in_file) {
            if (auto lines = in_batches(); lines != expected) {
                return Problem{"kept in SQLite in other batches it is not what a replay makes of it", expected, lines};
            }
        }
        if (twice) {
            if (auto lines = replayed(2); lines != expected) {
                return Problem{"each event given twice makes another one of it", expected, lines};
            }
        }
        return {};
    }

private:
    /// Throws what a handler throws.
    void read(const std::vector<NewEvent>& events) const {
        const auto model = probe_.type.make();
        Store store = open("memory:").value();
        Random random(events.size());
        append_in_pieces(store, events, random);
        static_cast<void>(replay(store, probe_.type, {}, model.get()).value());
    }
    [[nodiscard]] Lines looked(const void* model) const {
        std::optional<Look::Answer> lines;
        probe_.type.queries.front().answer(model, nullptr, &lines);
        return std::move(*lines);
    }
    [[nodiscard]] Lines replayed(int times) const {
        const auto model = probe_.type.make();
        auto cursor = store_.read({}).value();
        while (const Event* event = cursor.next()) {
            for (int i = 0; i < times; ++i) apply(*event, model.get());
        }
        cursor.status().value();
        return looked(model.get());
    }
    void apply(const Event& event, void* model) const {
        const detail::OnStep* step = probe_.type.events.step_for(event).value();
        if (step != nullptr) step->apply(model, event, Partition()).value();
    }
    [[nodiscard]] Lines asked(const QueryBus& queries) const {
        const Look look;
        std::optional<Look::Answer> lines;
        const After all{.position = store_.head()};
        const auto position = queries.ask(typeid(Look), "Look", &look, all, &lines);
        return position.ok() ? std::move(*lines) : Lines{"error: " + position.error().message};
    }
    [[nodiscard]] Lines caught_up(const ProjectionOptions& options) const {
        QueryBus queries(store_);
        const Result<> begun = queries.project(probe_.type, options);
        return begun.ok() ? asked(queries) : Lines{"error: " + begun.error().message};
    }
    /// Batches of any size; some are given up in the middle, after some the file is opened again.
    Lines in_batches() {
        const Scratch scratch(std::string(probe_.type.name));
        const Position until = store_.head() - store_.head().value / 4;
        Position at;
        while (at < until) {
            auto model =
                SqliteModel::open(probe_.type, scratch.path(), Partition(), store_.info().value().id, store_.head())
                    .value();
            at = model->checkpoint();
            bool open = true;
            while (open && at < until) {
                const Position end = std::min(at + 1 + random_.below(5), until);
                model->begin().value();
                auto cursor = store_.read({.from = at, .until = end - 1}).value();
                while (const Event* event = cursor.next()) apply(*event, model->target());
                cursor.status().value();
                open = !random_.once_in(3);
                if (open || random_.once_in(2)) {
                    model->commit(end).value();
                    at = end;
                } else {
                    model->abandon();
                }
            }
        }
        return caught_up({.file = sqlite(scratch.path())});
    }

    const ModelProbe& probe_;
    Store store_ = open("memory:").value();
    std::vector<NewEvent> events_;
    Random random_;
};

}  // namespace

void check(const ModelProbe& probe, const PropertyOptions& options, const MakeHistory& make) {
    try_histories(probe.type.name, options, make,
                  [&](const std::vector<NewEvent>& events) { return Case(probe, events).find(options.twice); });
}

}  // namespace varve::testing::property
