#include "shop/mails.hpp"

#include "shared/money.hpp"

namespace shop {

void Mails::on(const Placed& e, const varve::Event& event) {
    tell(e.customer, "order " + e.order + ": please pay " + examples::money(e.cents), event);
}
void Mails::on(const Shipped& e, const varve::Event& event) {
    tell(e.customer, "order " + e.order + ": parcel " + std::to_string(e.parcel) + " is on its way", event);
}
void Mails::on(const Cancelled& e, const varve::Event& event) {
    tell(e.customer, "order " + e.order + ": cancelled, " + e.why, event);
}
void Mails::on(const Reminded& e, const varve::Event& event) {
    tell(e.customer, "your cart still stands here", event);
}

std::vector<Letter> Mails::answer(const LettersTo& q) const {
    std::vector<Letter> found;
    letters.for_each_prefix(q.customer + "/", [&](const Letter& letter) { found.push_back(letter); });
    return found;
}

void Mails::tell(const std::string& customer, const std::string& text, const varve::Event& event) {
    letters.put({customer + "/" + varve::to_string(event.created) + "/" + std::to_string(event.position.value), text,
                 event.created});
    out.add({customer, text});
}

varve::Result<> MailServer::post(const SendMail& mail, const varve::EffectContext& context) {
    const std::lock_guard lock(mutex_);
    if (!mails_.emplace(context.id, mail).second) {
        ++repeated_;
        return {};
    }
    if (mails_.size() % loses_one_in_ == 0) return varve::Error{varve::Code::unavailable, "the mail server hung up"};
    return {};
}

std::size_t MailServer::mails() const {
    const std::lock_guard lock(mutex_);
    return mails_.size();
}

std::size_t MailServer::repeated() const {
    const std::lock_guard lock(mutex_);
    return repeated_;
}

}  // namespace shop
