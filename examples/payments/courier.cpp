#include "payments/courier.hpp"

#include <string>
#include <utility>
#include <vector>

#include "payments/books.hpp"
#include "payments/collection.hpp"

namespace payments {

void wire(varve::App& app) {
    app.handle<Pay, Payment>(&Pay::payment, decide);
    app.handle<Capture, Payment>(&Capture::payment, decide);
    app.handle<Refund, Payment>(&Refund::payment, decide);
    app.handle<Hear, Payment>([](const Hear& c) { return c.answer.payment; }, decide);
    app.handle<AskAgain, Payment>(&AskAgain::payment, decide);
    app.handle<GiveBack, Payment>(&GiveBack::payment, decide);
    app.handle<Expire, Payment>(&Expire::payment, decide);
    app.run<Collection>();
    app.project<Books>();
}

varve::Result<std::size_t> Courier::carry(varve::App& app) {
    const varve::Query asked_for{{{.types = {std::string(varve::event_type<Asked>())}}}};
    auto cursor = app.store().read({.source = asked_for, .from = next_});
    if (!cursor) return std::move(cursor).error();
    std::vector<std::pair<varve::Position, Asked>> calls;  // copies: answers are appended while we go through them
    while (const varve::Event* event = cursor->next()) {
        auto asked = varve::decode_event<Asked>(*event);
        if (!asked) return std::move(asked).error();
        calls.emplace_back(event->position, std::move(*asked));
    }
    if (auto read = cursor->status(); !read) return std::move(read).error();

    std::size_t carried = 0;
    for (const auto& [position, asked] : calls) {
        const auto answer = gateway_.call({asked.key, asked.payment, asked.kind, asked.cents, asked.of});
        if (answer) {
            if (auto heard = app.send(Hear{*answer}); !heard) return std::move(heard).error();
        }
        next_ = position + 1;
        ++carried;
    }
    for (const Notice& notice : gateway_.notices()) {
        if (auto heard = app.send(Hear{notice.answer}); !heard) return std::move(heard).error();
        gateway_.acknowledge();
        ++carried;
    }
    return carried;
}

}  // namespace payments
