#include "varve/sink.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::Balance;

struct AllRows {
    std::string but;  ///< this account makes it fail
    using Pieces = Balance;
};
int produced = 0;
struct Rows {
    using Events = varve::Events<bank::Opened, bank::Deposited, bank::Withdrawn>;
    using Queries = varve::Queries<AllRows>;
    Table<Balance> balances;
    void on(const bank::Opened& e) { balances.put({e.account, 0}); }
    void on(const bank::Deposited& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    void on(const bank::Withdrawn& e) {
        balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; });
    }
    void answer(const AllRows& q, const Sink<Balance>& out) const {
        produced = 0;
        balances.for_each([&](const Balance& row) {
            if (row.account == q.but) throw std::runtime_error("not this one");
            ++produced;
            return out(row);
        });
    }
};

class StreamFrom : public ::testing::TestWithParam<bool> {
public:
    void SetUp() override {
        GetParam() ? app.project<Rows>(sqlite(folder.file("model.db"))) : app.project<Rows>();
        Result<Receipt> receipt = Error{};
        for (const char* account : {"a", "b", "c", "d"}) receipt = app.send(bank::Open{account, "x"});
        written = after(app.send(bank::Deposit{"a", 1000}));
    }

    TempFolder folder;
    App app = bank::in_memory();
    After written;
};

INSTANTIATE_TEST_SUITE_P(Kept, StreamFrom, ::testing::Bool(),
                         [](const auto& kept) { return kept.param ? "in_sqlite" : "in_memory"; });

TEST_P(StreamFrom, gives_each_piece_before_the_next_is_made) {
    std::string accounts;
    const auto end = app.stream(
        AllRows{},
        [&](const Balance& row) {
            accounts += row.account;
            EXPECT_EQ(accounts.size(), static_cast<std::size_t>(produced));
        },
        written);
    EXPECT_EQ(end.value(), 4U);
    EXPECT_EQ(end.position(), Position{5});
    EXPECT_EQ(accounts, "abcd");
}

TEST_P(StreamFrom, ends_when_nobody_wants_more) {
    std::string accounts;
    const auto end = app.stream(
        AllRows{},
        [&](const Balance& row) {
            accounts += row.account;
            return row.account != "b";
        },
        written);
    EXPECT_EQ(end.value(), 2U);
    EXPECT_EQ(end.position(), Position{5});
    EXPECT_EQ(accounts, "ab");
    EXPECT_EQ(produced, 2);
}

TEST_P(StreamFrom, is_of_one_position_while_events_pour_in) {
    ASSERT_TRUE(app.stream(AllRows{}, [](const Balance&) {}, written).ok());
    std::atomic<bool> done = false;
    std::thread writer([&] {
        const std::vector<std::string> accounts{"a", "b", "c", "d"};
        for (std::size_t i = 0; !done; ++i)
            static_cast<void>(app.send(bank::Transfer{accounts[i % 4], accounts[(i + 1) % 4], 10}));
    });
    Position last;
    for (int i = 0; i < 100; ++i) {
        std::int64_t sum = 0;
        const auto end = app.stream(AllRows{}, [&](const Balance& row) {
            sum += row.cents;
            std::this_thread::yield();
        });
        EXPECT_EQ(sum, 1000);
        EXPECT_GE(end.position(), last);
        last = end.position();
    }
    done = true;
    writer.join();
}

TEST_P(StreamFrom, what_either_side_throws_ends_it) {
    int pieces = 0;
    const auto failed = app.stream(AllRows{"c"}, [&](const Balance&) { ++pieces; }, written);
    EXPECT_EQ(failed.error().message, "answer(AllRows) of projection Rows threw: not this one");
    EXPECT_EQ(pieces, 2);
    const auto throws = [](const Balance&) { throw std::logic_error("mine"); };
    EXPECT_THROW(static_cast<void>(app.stream(AllRows{}, throws)), std::logic_error);
    EXPECT_EQ(produced, 1);
    EXPECT_EQ(app.stream(AllRows{}, [](const Balance&) {}).value(), 4U) << "nothing is left locked";
}

TEST(Stream, waits_for_a_write_and_says_how_far_behind_it_is) {
    App app = bank::in_memory();
    const auto nothing = [](const Balance&) {};
    EXPECT_EQ(app.stream(AllRows{}, nothing).error().code, Code::unimplemented);
    app.project<Rows>();
    const auto late = app.stream(AllRows{}, nothing, after(Position{41}, std::chrono::milliseconds(1)));
    EXPECT_EQ(late.error().code, Code::deadline_exceeded);
    EXPECT_NE(late.error().message.find("42 events behind"), std::string::npos) << late.error();
}

}  // namespace
}  // namespace varve
