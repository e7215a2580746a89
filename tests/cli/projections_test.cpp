#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "cli/command_test.hpp"
#include "varve/varve.hpp"

namespace command {
namespace {

struct Deposited {
    std::string account;
    std::int64_t cents = 0;
};
struct Account {
    using Events = ::varve::Events<Deposited>;
    void evolve(const Deposited&) {}
};
struct Deposit {
    std::string account;
    std::int64_t cents = 0;
};
struct Balance {
    std::string account;
    std::int64_t cents = 0;
};
struct BalanceOf {
    std::string account;
    using Answer = std::int64_t;
};
struct Balances {
    using Events = ::varve::Events<Deposited>;
    using Queries = ::varve::Queries<BalanceOf>;
    ::varve::Table<Balance> balances;
    static inline std::atomic<bool> mended = false;
    void on(const Deposited& e) {
        if (e.cents < 0 && !mended) throw std::runtime_error("not a sane amount");
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    [[nodiscard]] std::int64_t answer(const BalanceOf& q) const {
        const auto row = balances.get(q.account);
        return row ? row->cents : 0;
    }
};

/// A program with a bank, whose account a1 is in quarantine, and the command beside it.
class Projections : public CommandTest {
protected:
    Projections() {
        Balances::mended = false;
        bank.handle<Deposit, Account>(&Deposit::account, [](const Deposit& c, const Account&) {
            return ::varve::accept(Deposited{c.account, c.cents});
        });
        bank.project<Balances>({.file = ::varve::sqlite(file), .first_delay = std::chrono::milliseconds(1)});
        for (const std::int64_t cents : {5, -7, 9}) bank.send(Deposit{"a1", cents}).value();
        ::varve::Result<::varve::Receipt> last = bank.send(Deposit{"a2", 3});
        EXPECT_EQ(bank.ask(BalanceOf{"a1"}, ::varve::after(last)).value(), 5);
    }
    bool released() {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!bank.projections().at(0).quarantined.empty()) {
            if (std::chrono::steady_clock::now() > limit) return false;
            std::this_thread::yield();
        }
        return true;
    }

    std::string file = path("balances.db");
    ::varve::App bank{::varve::open(store()).value()};
};

TEST_F(Projections, AreShownBesideTheRunningProgram) {
    const std::string text = succeed({"projections", file, "--store", store()});
    for (const char* part : {"Balances  ", "position    4, the end of the store\n", "quarantine  1 key\n",
                             "    account-a1  2 events missed since ", "not a sane amount"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
    EXPECT_TRUE(bank.close().ok());
    EXPECT_NE(succeed({"projections", file}).find("state       stopped at "), std::string::npos);
    succeed({"append", store(), "account-a2", "Deposited", "{}"});
    EXPECT_NE(succeed({"projections", file, "--store", store()}).find("position    4, 1 event behind\n"),
              std::string::npos);
}

TEST_F(Projections, TellScripts) {
    const auto line = parsed(succeed({"projections", file, "--store", store(), "--json"}));
    EXPECT_EQ(text_of(line, "projection"), "Balances");
    EXPECT_EQ(text_of(line, "file"), file);
    EXPECT_EQ(number_of(line, "position"), 4U);
    EXPECT_EQ(number_of(line, "lag"), 0U);
    const std::string json = succeed({"projections", file, file, "--json"});
    EXPECT_EQ(lines_of(json).size(), 2U);
    EXPECT_NE(json.find(R"("quarantined":[{"key":"account-a1","position":1,"attempts":3,"missed":2,"since":")"),
              std::string::npos)
        << json;
    EXPECT_NE(json.find(R"("wish":null}]})"), std::string::npos) << json;
}

TEST_F(Projections, AreToldToRetryAKey) {
    Balances::mended = true;
    EXPECT_EQ(succeed({"projections", file, "--retry", "account-a1"}),
              "key 'account-a1' is marked to retry: its program does it within a second or so, or when it starts\n");
    EXPECT_TRUE(released());
    EXPECT_EQ(bank.ask(BalanceOf{"a1"}).value(), 7);
}

TEST_F(Projections, AreToldToDiscardWhatAKeyHasMissed) {
    EXPECT_EQ(succeed({"projections", file, "--discard", "account-a1", "--json"}),
              R"({"key":"account-a1","wish":"discard"})"
              "\n");
    EXPECT_TRUE(released());
    EXPECT_EQ(bank.ask(BalanceOf{"a1"}).value(), 5);
}

TEST_F(Projections, BadInput) {
    fail(1, {"projections", path("none.db")}, {"there is no file", "none.db"});
    write_file(path("text"), std::string(5000, 'x'));
    fail(1, {"projections", path("text")}, {"is no file of a projection"});
    fail(1, {"projections", file, "--retry", "account-a2"}, {"'account-a2' is not in quarantine", "varve projections"});
    fail(2, {"projections", file, file, "--retry", "account-a1"}, {"take one FILE"});
    fail(2, {"projections", file, "--retry", "a", "--discard", "a"}, {"--discard"});
    fail(2, {"projections"}, {"FILE"});
    succeed({"append", path("other"), "s", "T", "{}"});
    fail(1, {"projections", file, "--store", path("other")}, {"was built from another store"});
}

}  // namespace
}  // namespace command
