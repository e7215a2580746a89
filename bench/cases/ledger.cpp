#include "cases/ledger.hpp"

#include <fmt/format.h>

#include "run/interrupt.hpp"
#include "varve/cbor.hpp"

namespace varve::bench {
namespace {

constexpr std::uint64_t events_per_commit = 1000;

Deposited deposited(std::string account, std::int64_t cents, std::uint64_t number) {
    return {.account = std::move(account),
            .cents = cents,
            .number = number,
            .payer = "The Amber & Salt Company",
            .reference = fmt::format("invoice {:010}", number),
            .purpose = "goods received in October"};
}

}  // namespace

Decision decide(const Deposit& command, const Account& account) {
    if (account.cents < 0) return reject("account.overdrawn");
    return accept(deposited(command.account, command.cents, command.number));
}

std::string account_name(std::uint64_t index) {
    return fmt::format("account-{:07}", index);
}

Deposited deposit_of(std::uint64_t number, std::uint64_t accounts) {
    return deposited(account_name(number % accounts), static_cast<std::int64_t>(number % 1000), number);
}

Result<> fill(Store& store, std::uint64_t deposits, std::uint64_t accounts, Format format) {
    for (std::uint64_t first = 0; first < deposits; first += events_per_commit) {
        Commit commit;
        for (std::uint64_t number = first; number < std::min(first + events_per_commit, deposits); ++number) {
            auto data = to_json(deposit_of(number, accounts));
            if (data.ok() && format == Format::cbor) data = json_to_cbor(*data);
            if (!data) return std::move(data).error();
            commit.events.push_back(
                {.stream = stream_of<Account>(account_name(number % accounts)),
                 .type = std::string(reflect::type_name<Deposited>()),
                 .data = std::move(*data),
                 .content_type = std::string(format == Format::cbor ? cbor_content : json_content)});
        }
        auto receipt = store.append(std::move(commit));
        if (!receipt) return std::move(receipt).error();
        if (interrupted()) return Error{Code::cancelled, "interrupted"};
    }
    return {};
}

}  // namespace varve::bench
