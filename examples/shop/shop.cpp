#include "shop/shop.hpp"

#include "shop/cart.hpp"
#include "shop/delivery.hpp"
#include "shop/order.hpp"

namespace shop {

void wire(varve::App& app) {
    const auto prices = [](const auto&) { return "all"; };  // there is one list
    app.handle<SetPrice, PriceList>(prices, decide);
    app.handle<Put, Cart, PriceList>(&Put::cart, prices, decide);
    app.handle<TakeOut, Cart>(&TakeOut::cart, decide);
    app.handle<Look, Cart, PriceList>(&Look::cart, prices, decide);
    app.handle<Remind, Cart>(&Remind::cart, decide);
    app.handle<CheckOut, Cart, Order, PriceList>(&CheckOut::cart, &CheckOut::order, prices, decide);
    app.handle<Pay, Order>(&Pay::order, decide);
    app.handle<Ship, Order>(&Ship::order, decide);
    app.handle<Deliver, Order>(&Deliver::order, decide);
    app.handle<Cancel, Order>(&Cancel::order, decide);
    app.run<Delivery>();
    app.run<Reminder>();
}

void wire_mails(varve::App& app, const std::string& file, MailServer& server) {
    app.project<Mails>(varve::sqlite(file));
    app.perform<SendMail>([&server](const SendMail& mail, const varve::EffectContext& context) -> varve::Result<> {
        return server.post(mail, context);
    });
}

}  // namespace shop
