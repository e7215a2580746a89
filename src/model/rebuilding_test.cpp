// Questions while the read model that they have come by is dropped with its file.
#include "model/rebuilding.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "model/rebuild_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Deposit;
using bank::Open;
using rebuilt::Mended;

constexpr std::chrono::seconds patience{20};

/// Asks from several threads at once for as long as it lives.
class Asking {
public:
    explicit Asking(App& app) {
        for (int i = 0; i < 3; ++i) {
            threads_.emplace_back([this, &app](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    const auto balance = app.ask(BalanceOf{"a1"});
                    if (balance.ok() && **balance == 500) continue;
                    const std::lock_guard lock(mutex_);
                    wrong_.push_back(balance.ok() ? "another balance" : balance.error().message);
                }
            });
        }
    }
    std::vector<std::string> wrong() {
        threads_.clear();
        return wrong_;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> wrong_;
    std::vector<std::jthread> threads_;
};

TEST(Rebuilding, drops_a_file_and_no_question) {
    const TempFolder folder;
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 500}).value();
    ASSERT_TRUE(app.project<Mended>(sqlite(folder.file("b.db"))).ok());
    ASSERT_TRUE(app.ask(BalanceOf{"a1"}, After{app.store().head(), patience, {}}).ok());
    Asking asking(app);
    for (int run = 0; run < 30; ++run) {
        auto finished = app.rebuild<Mended>().value();
        ASSERT_TRUE(finished.wait(patience).ok());
        ASSERT_TRUE(finished.cut_over().ok());
        const Result<> done = finished.finish();
        ASSERT_TRUE(done.ok()) << done;
        auto cancelled = app.rebuild<Mended>().value();
        ASSERT_TRUE(cancelled.wait(patience).ok());
        ASSERT_TRUE(cancelled.cut_over().ok());
        ASSERT_TRUE(cancelled.roll_back().ok());
        const Result<> dropped = cancelled.cancel();
        ASSERT_TRUE(dropped.ok()) << dropped;
    }
    EXPECT_EQ(asking.wrong(), std::vector<std::string>());
    EXPECT_FALSE(std::filesystem::exists(folder.file("b.db.next")));
    EXPECT_FALSE(std::filesystem::exists(folder.file("b.db.previous")));
}

struct Each {
    using Pieces = bank::Balance;
};
/// Answers in pieces, too.
struct InPieces {
    using Events = varve::Events<bank::Opened>;
    using Queries = varve::Queries<Each>;
    Table<bank::Balance> balances;
    void on(const bank::Opened& e) { balances.put({e.account, 0}); }
    void answer(const Each&, const Sink<bank::Balance>& out) const {
        balances.for_each([&](const bank::Balance& row) { return out(row); });
    }
};

TEST(Rebuilding, an_answer_that_was_begun_before_comes_to_its_end) {
    const TempFolder folder;
    App app = bank::in_memory();
    for (int i = 0; i < 100; ++i) app.send(Open{"a" + std::to_string(i), "x"}).value();
    ASSERT_TRUE(app.project<InPieces>(sqlite(folder.file("old.db"))).ok());
    std::future<Result<>> finished;
    const auto pieces = app.stream(
        Each{},
        [&](const bank::Balance&) {
            if (finished.valid()) return;
            auto rebuild = app.rebuild<InPieces, InPieces>(sqlite(folder.file("new.db"))).value();
            ASSERT_TRUE(rebuild.wait(patience).ok());
            ASSERT_TRUE(rebuild.cut_over().ok());
            finished = std::async(std::launch::async, [rebuild]() mutable { return rebuild.finish(); });
            while (rebuild.progress().state != RebuildProgress::State::finished) std::this_thread::yield();
        },
        After{app.store().head(), patience, {}});
    ASSERT_TRUE(pieces.ok()) << pieces.error();
    EXPECT_EQ(*pieces, 100U);
    const Result<> done = finished.get();
    EXPECT_TRUE(done.ok()) << done;
    EXPECT_FALSE(std::filesystem::exists(folder.file("old.db")));
    EXPECT_EQ(app.stream(Each{}, [](const bank::Balance&) {}).value(), 100U);
}

}  // namespace
}  // namespace varve
