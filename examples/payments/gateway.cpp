#include "payments/gateway.hpp"

#include <algorithm>
#include <iterator>

#include "varve/reflect.hpp"

namespace payments {

std::optional<Answer> Gateway::call(const Request& request) {
    const Fault fault = script_(request, ++attempts_[request.key]);
    if (fault == Fault::lost_there) return std::nullopt;
    const bool known = answers_.contains(request.key);
    if (!known) answers_.emplace(request.key, work(request));
    const Answer& answer = answers_.at(request.key);
    if (fault == Fault::answered_twice) notices_.push_back({now_() + notice_takes, answer});
    if (fault == Fault::captured_twice && request.kind == Kind::capture && !known && answer.done) {
        open_[request.of].cents += request.cents;  // it has forgotten that this was taken
        notices_.push_back({now_() + notice_takes, work(request)});
    }
    if (fault == Fault::lost_back) return std::nullopt;
    return answer;
}

std::vector<Notice> Gateway::notices() const {
    std::vector<Notice> come;
    std::ranges::copy_if(notices_, std::back_inserter(come),
                         [&](const Notice& notice) { return notice.due <= now_(); });
    return come;
}

std::optional<varve::Timestamp> Gateway::next_notice() const {
    if (notices_.empty()) return std::nullopt;
    return notices_.front().due;
}

std::vector<Movement> Gateway::ledger(varve::Timestamp until) const {
    std::vector<Movement> lines;
    std::ranges::copy_if(ledger_, std::back_inserter(lines), [&](const Movement& line) { return line.at <= until; });
    return lines;
}

Answer Gateway::work(const Request& request) {
    Answer answer{request.payment, request.key, false, {}, {}};
    if (request.kind == Kind::authorise) {
        if (request.cents > card_limit) answer.why = "card.limit";
    } else {
        answer.why = take(request, open_[request.of]);
    }
    if (!answer.why.empty()) return answer;

    answer.done = true;
    answer.reference = std::string(varve::reflect::enum_name(request.kind)) + "-" + std::to_string(++last_);
    Open open{request.payment, request.cents};
    if (request.kind == Kind::authorise) open.until = now_() + authorisation_lasts;
    if (request.kind != Kind::refund) open_[answer.reference] = open;
    if (request.kind != Kind::authorise) {
        const std::int64_t cents = request.kind == Kind::refund ? -request.cents : request.cents;
        ledger_.push_back({answer.reference, request.payment, cents, now_()});
    }
    return answer;
}

/// Why it cannot be taken from there; empty: it was taken.
std::string Gateway::take(const Request& request, Open& from) {
    if (from.payment != request.payment) return "reference.unknown";
    if (from.until <= now_()) return "authorisation.expired";
    if (from.cents < request.cents) return "amount.too_much";
    from.cents -= request.cents;
    return {};
}

}  // namespace payments
