/// A branch of the bank: many clerks (threads) who transfer money between the same accounts at the same time, and an
/// auditor who looks at the books meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "varve/app.hpp"

namespace bank {

/// What every account is opened with. So the sum must be this times the number of accounts.
inline constexpr std::int64_t cents_each = 100'000;

[[nodiscard]] constexpr std::int64_t money_of(std::uint64_t accounts) {
    return cents_each * static_cast<std::int64_t>(accounts);
}

struct Plan {
    unsigned accounts = 40;  ///< the ones opened last
    unsigned clerks = 16;
    std::uint64_t transfers = 4000;  ///< of all clerks together
    std::uint64_t seed = 1;          ///< the same seed asks for the same transfers
};

/// What a day's work was.
struct Work {
    std::uint64_t done = 0;       ///< acknowledged as durable
    std::uint64_t refused = 0;    ///< for lack of money
    std::uint64_t conflicts = 0;  ///< decided again, since another clerk came first
};

struct Audits {
    std::uint64_t live = 0;   ///< of the live read model
    std::uint64_t past = 0;   ///< of the read model replayed to the end of some commit
    std::uint64_t wrong = 0;  ///< where the sum was not the one it must be
};

struct Bank {
    varve::App app;
    /// How often a command was decided again because another came first; counted by a middleware.
    std::shared_ptr<std::atomic<std::uint64_t>> conflicts;
};

/// The bank with its handlers, over any store: `memory:` or a folder.
varve::Result<Bank> open_bank(const std::string& where);

/// Opens so many further accounts; answers how many there are now.
varve::Result<std::uint64_t> open_accounts(varve::App& app, unsigned count);

/// Called with the number of a transfer, from several threads, when it is durable.
using Done = std::function<void(std::uint64_t transfer)>;

/// Makes the transfers between the accounts opened last, all clerks at once. `audits`, when given, is kept by an auditor who works until they are done.
varve::Result<Work> work(Bank& bank, const Plan& plan, Audits* audits = nullptr, const Done& done = {});

}  // namespace bank
