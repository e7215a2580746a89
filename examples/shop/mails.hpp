/// What customers are told: a row for whoever asks what was said, and a mail, sent once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "shop/cart.hpp"
#include "shop/order.hpp"

namespace shop {

struct SendMail {
    std::string to, text;
};

struct Letter {
    std::string key;  ///< of the customer and the place in the log
    std::string text;
    varve::Timestamp at = {};
};
struct LettersTo {
    std::string customer;
    using Answer = std::vector<Letter>;
};
struct HowManyLetters {
    using Answer = std::uint64_t;
};

struct Mails {
    using Events = varve::Events<Placed, Shipped, Cancelled, Reminded>;
    using Queries = varve::Queries<LettersTo, HowManyLetters>;
    varve::Table<Letter> letters;
    varve::Effects<SendMail> out;

    void on(const Placed& e, const varve::Event& event);
    void on(const Shipped& e, const varve::Event& event);
    void on(const Cancelled& e, const varve::Event& event);
    void on(const Reminded& e, const varve::Event& event);
    [[nodiscard]] std::vector<Letter> answer(const LettersTo& q) const;
    [[nodiscard]] std::uint64_t answer(const HowManyLetters&) const { return letters.size(); }

private:
    /// The row and the mail are recorded together, or neither.
    void tell(const std::string& customer, const std::string& text, const varve::Event& event);
};

/// Somebody else's mail server, as a sandbox. Of one mail in so many it loses the answer, so it is given that mail again; it
/// knows it by its id. Any thread.
class MailServer {
public:
    explicit MailServer(unsigned loses_one_in) : loses_one_in_(loses_one_in) {}

    varve::Result<> post(const SendMail& mail, const varve::EffectContext& context);
    [[nodiscard]] std::size_t mails() const;
    /// How often it was given one that it had.
    [[nodiscard]] std::size_t repeated() const;

private:
    unsigned loses_one_in_;
    mutable std::mutex mutex_;               // guards all below
    std::map<std::string, SendMail> mails_;  ///< by id
    std::size_t repeated_ = 0;
};

}  // namespace shop
