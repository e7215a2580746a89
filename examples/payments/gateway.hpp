/// Somebody else's payment gateway, as a sandbox: it keeps its own books and its own keys, and has bad days by script.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "varve/types.hpp"

namespace payments {

enum class Kind : std::uint8_t { authorise, capture, refund };

/// One call. The gateway does what it is asked once for each key, and answers a repeated call as it did the first.
struct Request {
    std::string key, payment;
    Kind kind = Kind::authorise;
    std::int64_t cents = 0;
    std::string of;  ///< a capture: of this authorisation; a refund: of this capture
};

struct Answer {
    std::string payment, key;
    bool done = false;
    std::string reference;  ///< of what was done: `capture-7`
    std::string why;        ///< when it was not: `card.limit`
};

/// What goes wrong with a call.
enum class Fault : std::uint8_t {
    none,
    lost_there,      ///< it times out, and never arrived
    lost_back,       ///< it times out, and was done
    answered_twice,  ///< a notice of the same comes a minute later
    captured_twice   ///< a fault of the gateway's own: it takes the money once more, and only a notice tells
};

/// An answer that comes by itself, and is there until it is acknowledged.
struct Notice {
    varve::Timestamp due;
    Answer answer;
};

/// A line of a ledger: money that came in, or, below zero, went back.
struct Movement {
    std::string reference, payment;
    std::int64_t cents = 0;
    varve::Timestamp at = {};
    friend bool operator==(const Movement&, const Movement&) = default;
};

inline constexpr std::int64_t card_limit = 100'000;
inline constexpr std::chrono::days authorisation_lasts{7};
inline constexpr std::chrono::minutes notice_takes{1};

/// For one thread.
class Gateway {
public:
    /// The script says what goes wrong at which attempt (1, 2 ...) of a call.
    using Script = std::function<Fault(const Request& request, unsigned attempt)>;
    Gateway(std::function<varve::Timestamp()> now, Script script) : now_(std::move(now)), script_(std::move(script)) {}

    /// Nothing: it timed out. Whether anything was done, only the same call with the same key will tell.
    std::optional<Answer> call(const Request& request);

    /// Those that have come by now and were not acknowledged, the oldest first.
    [[nodiscard]] std::vector<Notice> notices() const;
    /// The oldest one.
    void acknowledge() { notices_.erase(notices_.begin()); }
    /// When the next one comes.
    [[nodiscard]] std::optional<varve::Timestamp> next_notice() const;

    /// Its books, up to and with this moment, in the order of time.
    [[nodiscard]] std::vector<Movement> ledger(varve::Timestamp until) const;

private:
    struct Open {
        std::string payment;
        std::int64_t cents = 0;  ///< that may still be captured, or refunded
        varve::Timestamp until = varve::Timestamp::max();
    };

    Answer work(const Request& request);
    std::string take(const Request& request, Open& from);

    std::function<varve::Timestamp()> now_;
    Script script_;
    std::map<std::string, unsigned> attempts_;
    std::map<std::string, Answer> answers_;
    std::map<std::string, Open> open_;  ///< authorisations and captures
    std::vector<Notice> notices_;
    std::vector<Movement> ledger_;
    unsigned last_ = 0;
};

}  // namespace payments
