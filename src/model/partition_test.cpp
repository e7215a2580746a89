#include "varve/partition.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/sqlite_database.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Balances;
using bank::Deposit;
using bank::Open;
using bank::TotalOfAll;

TEST(Partition, a_key_belongs_to_one_for_ever) {
    // Rows in files are shared out by these.
    EXPECT_EQ(Partition::place_of("a1", 4), Partition::place_of("a1", 4));
    EXPECT_EQ(Partition::place_of("", 4), 2U);
    EXPECT_EQ(Partition::place_of("a1", 4), 0U);
    EXPECT_EQ(Partition::place_of("12", 64), 52U);
    for (int key = 0; key < 200; ++key) {
        int owners = 0;
        for (unsigned index = 0; index < 5; ++index) {
            const Partition mine(index, 5);
            EXPECT_EQ(mine.has(key), mine.has(std::to_string(key)));
            owners += mine.has(key) ? 1 : 0;
        }
        EXPECT_EQ(owners, 1);
    }
    EXPECT_TRUE(Partition().has("anything"));
}

struct Posted {
    std::string author, text;
    std::vector<std::string> readers;
};
struct Renamed {
    std::string account, name;
};
struct Line {
    std::string key, text;
};
struct TimelineOf {
    std::string reader;
    using Answer = std::vector<std::string>;
};
struct Partitions {
    using Answer = std::vector<unsigned>;
};
struct LinesFrom {
    std::string reader;
    using Pieces = std::string;
};

/// A post goes to the timelines of many; a name to the partition of the account, wherever it was said.
struct Timelines {
    using Events = varve::Events<Posted, Renamed>;
    using Queries = varve::Queries<TimelineOf, Partitions, LinesFrom>;
    Table<Line> lines;
    Table<Line> heard;

    static std::string partition(const Renamed& e) { return e.account; }
    static std::string partition(const TimelineOf& q) { return q.reader; }
    static std::string partition(const LinesFrom& q) { return q.reader; }
    static std::vector<unsigned> merge(const Partitions&, std::vector<std::vector<unsigned>> parts) {
        std::vector<unsigned> all;
        for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
        return all;
    }

    void on(const Posted& e, const Event& event, const Partition& mine) {
        heard.put({"posted", std::to_string(mine.index())});
        for (const std::string& reader : e.readers) {
            if (mine.has(reader)) lines.put({reader + "/" + std::to_string(event.position.value), e.text});
        }
    }
    void on(const Renamed& e) { lines.put({e.account + "/name", e.name}); }

    std::vector<std::string> answer(const TimelineOf& q) const {
        std::vector<std::string> texts;
        lines.for_each(q.reader + "/", q.reader + "0", [&](const Line& line) { texts.push_back(line.text); });
        return texts;
    }
    std::vector<unsigned> answer(const Partitions&) const { return {static_cast<unsigned>(heard.size())}; }
    void answer(const LinesFrom& q, const Sink<std::string>& out) const {
        for (const std::string& text : answer(TimelineOf{q.reader})) out(text);
    }
};

void append(App& app, const std::string& stream, NewEvent event) {
    app.store().append(Commit{}.append(stream, Expected::any(), {std::move(event)})).value();
}

TEST(PartitionedProjection, fans_out_and_each_keeps_its_own) {
    App app{open("memory:").value()};
    ASSERT_TRUE(app.project<Timelines>({.partitions = 4}).ok());
    std::string readers;
    for (int i = 0; i < 30; ++i) readers += (i > 0 ? ",\"r" : "\"r") + std::to_string(i) + "\"";
    for (int post = 0; post < 3; ++post) {
        append(app, "post-" + std::to_string(post),
               {.stream = {},
                .type = "Posted",
                .data = R"({"author":"x","text":"p)" + std::to_string(post) + R"(","readers":[)" + readers + "]}"});
    }
    append(app, "name-7", {.stream = {}, .type = "Renamed", .data = R"({"account":"r5","name":"Ann"})"});
    for (int i = 0; i < 30; ++i) {
        const auto timeline = app.ask(TimelineOf{"r" + std::to_string(i)}, after(Position{3}));
        ASSERT_TRUE(timeline.ok()) << timeline.error();
        const std::vector<std::string> expected =
            i == 5 ? std::vector<std::string>{"p0", "p1", "p2", "Ann"} : std::vector<std::string>{"p0", "p1", "p2"};
        EXPECT_EQ(*timeline, expected) << i;
    }
    EXPECT_EQ(app.ask(Partitions{}, after(Position{3})).value(), (std::vector<unsigned>{1, 1, 1, 1}));
    std::vector<std::string> pieces;
    EXPECT_EQ(app.stream(LinesFrom{"r5"}, [&](const std::string& text) { pieces.push_back(text); }).value(), 4U);
    const auto status = app.projections().at(0);
    EXPECT_EQ(status.partitions, std::vector<Position>(4, Position{4}));
}

TEST(PartitionedProjection, one_is_asked_where_a_key_says_which_and_only_it_is_waited_for) {
    const TempFolder folder;
    App app = bank::in_memory();
    ASSERT_TRUE(app.project<Balances>({.file = sqlite(folder.file("b.db")), .partitions = 4}).ok());
    std::int64_t total = 0;
    for (int i = 0; i < 20; ++i) {
        app.send(Open{std::to_string(i), "x"}).value();
        const auto receipt = app.send(Deposit{std::to_string(i), i});
        total += i;
        EXPECT_EQ(app.ask(BalanceOf{std::to_string(i)}, after(receipt)).value(), i);
        EXPECT_EQ(app.ask(TotalOfAll{}, after(receipt)).value(), total);
    }
    EXPECT_EQ(app.projections().at(0).place, folder.file("b.db.{0..3}"));
    app.close().value();
    std::int64_t rows = 0;
    for (int i = 0; i < 4; ++i) {
        SqliteDatabase file(folder.file("b.db." + std::to_string(i)), false);
        SqliteStatement count(file, "SELECT count(*) FROM balances");
        count.step();
        const auto its = count.integer();
        EXPECT_GT(its, 0) << i;
        EXPECT_LT(its, 20) << i;
        rows += its;
    }
    EXPECT_EQ(rows, 20);
}

TEST(PartitionedProjection, resumes_and_refuses_another_number) {
    const TempFolder folder;
    const Store store = open("memory:").value();
    const auto project = [&](unsigned partitions) {
        App app{store};
        bank::wire(app);
        app.send(Open{"a1", "Ann"}).value();
        app.send(Deposit{"a1", 1}).value();
        const Wiring wired = app.project<Balances>({.file = sqlite(folder.file("b.db")), .partitions = partitions});
        if (!wired.ok()) return Result<std::int64_t>(wired.error());
        const auto total = app.ask(
            TotalOfAll{}, after(app.store().head().value == 0 ? Position{0} : Position{app.store().head().value - 1}));
        return total.ok() ? Result<std::int64_t>(*total) : Result<std::int64_t>(total.error());
    };
    EXPECT_EQ(project(2).value(), 1);
    EXPECT_EQ(project(2).value(), 2);
    for (const unsigned other : {1U, 3U, 4U}) {
        const auto refused = project(other);
        ASSERT_FALSE(refused.ok()) << other;
        EXPECT_EQ(refused.error().code, Code::failed_precondition);
        EXPECT_NE(refused.error().message.find("b.db.0"), std::string::npos) << refused.error();
        EXPECT_NE(refused.error().message.find("delete"), std::string::npos) << refused.error();
    }
    EXPECT_EQ(project(2).value(), 6);
}

TEST(PartitionedProjection, refuses_more_partitions_beside_the_file_of_one) {
    const TempFolder folder;
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    {
        App one{app.store()};
        ASSERT_TRUE(one.project<Balances>(sqlite(folder.file("b.db"))).ok());
    }
    const auto refused = app.project<Balances>({.file = sqlite(folder.file("b.db")), .partitions = 2});
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
}

struct Unplaced {
    using Answer = int;
};
struct Homeless {
    using Events = varve::Events<Renamed>;
    using Queries = varve::Queries<Unplaced>;
    Table<Line> lines;
    void on(const Renamed&) {}
    int answer(const Unplaced&) const { return 1; }
};

TEST(PartitionedProjection, a_query_without_a_place_is_refused_in_one_sentence) {
    App app{open("memory:").value()};
    const auto refused = app.project<Homeless>({.partitions = 2});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_EQ(refused.error().message,
              "projection Homeless: query Unplaced is not told where in 2 partitions its answer is: give Homeless a "
              "`static ... partition(const Unplaced&)`, or where parts can be joined a `static Answer "
              "merge(std::vector<Answer>)`");
    EXPECT_EQ(app.project<Timelines>({.partitions = 65}).error().code, Code::invalid_argument);
}

TEST(PartitionedProjection, an_event_that_nobody_can_decode_is_the_trouble_of_the_one_that_its_stream_belongs_to) {
    App app{open("memory:").value()};
    app.project<Timelines>({.partitions = 4, .first_delay = std::chrono::milliseconds(1)});
    append(app, "post-1", {.stream = {}, .type = "Posted", .data = "{}"});
    EXPECT_EQ(app.ask(Partitions{}, after(Position{0})).value(), (std::vector<unsigned>{0, 0, 0, 0}));
    const auto quarantined = app.projections().at(0).quarantined;
    ASSERT_EQ(quarantined.size(), 1U);
    EXPECT_EQ(quarantined[0].key, "post-1");
    EXPECT_EQ(app.retry<Timelines>("post-2").error().code, Code::not_found);
    EXPECT_FALSE(app.retry<Timelines>("post-1").ok());
    EXPECT_TRUE(app.discard<Timelines>("post-1").ok());
    EXPECT_TRUE(app.projections().at(0).quarantined.empty());
}

std::atomic<bool> picky = false;

/// Names by account, wherever they were said.
struct Names {
    using Events = varve::Events<Posted, Renamed>;
    using Queries = varve::Queries<TimelineOf>;
    Table<Line> lines;
    static std::optional<std::string> partition(const Renamed& e) {
        return e.account == "everybody" ? std::nullopt : std::optional(e.account);
    }
    static std::string partition(const TimelineOf& q) { return q.reader; }
    void on(const Posted&) {}
    void on(const Renamed& e) {
        if (picky && e.name == "bad") throw std::runtime_error("a bad name");
        lines.update(e.account, [&](Line& line) { line.text += e.name + " "; });
    }
    std::vector<std::string> answer(const TimelineOf& q) const {
        const auto line = lines.get(q.reader);
        return line ? std::vector<std::string>{line->text} : std::vector<std::string>();
    }
};

struct Kept {
    bool file;
    unsigned partitions;
};
class KeyOfPartition : public ::testing::TestWithParam<Kept> {
public:
    void SetUp() override {
        picky = true;
        ProjectionOptions options{.partitions = GetParam().partitions, .first_delay = std::chrono::milliseconds(1)};
        if (GetParam().file) options.file = sqlite(folder.file("n.db"));
        ASSERT_TRUE(app.project<Names>(options).ok());
    }
    void rename(const std::string& stream, const std::string& account, const std::string& name) {
        append(
            app, stream,
            {.stream = {}, .type = "Renamed", .data = R"({"account":")" + account + R"(","name":")" + name + R"("})"});
    }
    std::string names(const std::string& account) {
        const auto lines = app.ask(TimelineOf{account}, after(app.store().head() - 1)).value();
        return lines.empty() ? "" : lines.front();
    }
    std::vector<std::string> quarantined() {
        std::vector<std::string> keys;
        const ProjectionStatus status = app.projections().at(0);
        for (const QuarantinedKey& key : status.quarantined) keys.push_back(key.key + " " + std::to_string(key.missed));
        return keys;
    }
    TempFolder folder;
    App app{open("memory:").value()};
};
INSTANTIATE_TEST_SUITE_P(Kept, KeyOfPartition,
                         ::testing::Values(Kept{false, 1}, Kept{true, 1}, Kept{false, 4}, Kept{true, 4}));

TEST_P(KeyOfPartition, is_set_aside_alone_whatever_the_stream) {
    rename("names", "ann", "Ann");
    rename("names", "bob", "bad");
    rename("names", "ann", "Anna");
    rename("other", "bob", "Bob");
    rename("names", "cyd", "Cyd");
    EXPECT_EQ(names("ann"), "Ann Anna ") << "it is of the same stream";
    EXPECT_EQ(names("cyd"), "Cyd ");
    EXPECT_EQ(names("bob"), "");
    EXPECT_EQ(quarantined(), std::vector<std::string>{"bob 2"});
    EXPECT_EQ(app.retry<Names>("names").error().code, Code::not_found);
    EXPECT_EQ(app.retry<Names>("bob").error().message.substr(0, 18), "position 1 (stream");
    picky = false;
    EXPECT_TRUE(app.retry<Names>("bob").ok());
    EXPECT_EQ(names("bob"), "bad Bob ") << "in order, from all streams";
    EXPECT_EQ(names("ann"), "Ann Anna ") << "and nothing twice";
    EXPECT_TRUE(quarantined().empty());
}

TEST_P(KeyOfPartition, is_discarded_alone) {
    rename("names", "bob", "bad");
    rename("names", "bob", "Bob");
    rename("names", "ann", "Ann");
    EXPECT_EQ(names("bob"), "");
    EXPECT_EQ(quarantined(), std::vector<std::string>{"bob 2"});
    EXPECT_TRUE(app.discard<Names>("bob").ok());
    rename("names", "bob", "Rob");
    EXPECT_EQ(names("bob"), "Rob ");
    EXPECT_EQ(names("ann"), "Ann ");
}

TEST_P(KeyOfPartition, is_the_stream_where_it_cannot_be_told) {
    append(app, "names", {.stream = {}, .type = "Renamed", .data = "{}"});
    rename("names", "ann", "Ann");
    rename("other", "ann", "Anna");
    EXPECT_TRUE(names("ann").ends_with("Anna ")) << "only where the partition is that of the stream, that is set aside";
    ASSERT_EQ(quarantined().size(), 1U);
    EXPECT_EQ(quarantined()[0].substr(0, 6), "names ");
    EXPECT_FALSE(app.retry<Names>("names").ok());
    rename("other", "bob", "bad");
    EXPECT_EQ(names("bob"), "");
    EXPECT_TRUE(app.retry<Names>("bob").error().code == Code::unknown);
    EXPECT_TRUE(app.discard<Names>("bob").ok());
    EXPECT_TRUE(app.discard<Names>("names").ok());
    EXPECT_TRUE(quarantined().empty());
}

}  // namespace
}  // namespace varve
