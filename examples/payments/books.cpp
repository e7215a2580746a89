#include "payments/books.hpp"

#include <utility>

#include "shared/money.hpp"

namespace payments {

using examples::money;

varve::Result<Comparison> compare(const varve::App& app, const Gateway& gateway, varve::Timestamp at) {
    const auto books = app.replay<Books>(varve::as_of(at));
    if (!books) return books.error();
    Comparison comparison;
    std::map<std::string, Movement> theirs;
    for (const Movement& line : gateway.ledger(at)) {
        comparison.theirs += line.cents;
        theirs.emplace(line.reference, line);
    }
    books->model().movements.for_each([&](const Movement& line) {
        comparison.ours += line.cents;
        const auto same = theirs.find(line.reference);
        if (same == theirs.end() || same->second.cents != line.cents) {
            comparison.never_theirs.push_back(line);
        } else {
            theirs.erase(same);
        }
    });
    for (auto& [reference, line] : theirs) comparison.not_yet_ours.push_back(std::move(line));
    return comparison;
}

void Stories::on(const Requested& e, const varve::Event& event) {
    tell(e, event, "to pay: " + money(e.cents));
}
void Stories::on(const Asked& e, const varve::Event& event) {
    tell(e, event, "asked " + e.key + (e.attempt == 1 ? "" : ", attempt " + std::to_string(e.attempt)));
}
void Stories::on(const Authorised& e, const varve::Event& event) {
    tell(e, event, "authorised as " + e.reference);
}
void Stories::on(const Captured& e, const varve::Event& event) {
    tell(e, event, "captured as " + e.reference);
}
void Stories::on(const CapturedTwice& e, const varve::Event& event) {
    tell(e, event, "captured once more, as " + e.reference);
}
void Stories::on(const Refunded& e, const varve::Event& event) {
    tell(e, event, "given back as " + e.reference);
}
void Stories::on(const Refused& e, const varve::Event& event) {
    tell(e, event, "refused: " + e.why);
}
void Stories::on(const Expired& e, const varve::Event& event) {
    tell(e, event, "expired");
}

std::vector<Line> Stories::answer(const StoryOf& q) const {
    const auto found = lines.find(q.payment);
    return found == lines.end() ? std::vector<Line>{} : found->second;
}

void Stories::tell(const auto& e, const varve::Event& event, const std::string& text) {
    Payment& payment = payments[e.payment];
    payment.evolve(e);
    lines[e.payment].push_back({event.created, text, payment.balance});
}

}  // namespace payments
