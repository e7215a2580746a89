#include "payments/payment.hpp"

#include <gtest/gtest.h>

#include "payments/books.hpp"
#include "payments/collection.hpp"
#include "payments/courier.hpp"
#include "varve/testing_process.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"
#include "varve/testing_simulation.hpp"

namespace payments {
namespace {

using namespace varve::testing;

const Requested wanted{"p", 500};
const Asked authorise{"p", "p/authorise", Kind::authorise, 500, ""};
const Asked capture{"p", "p/capture", Kind::capture, 500, "a-1"};
const Authorised authorised{"p", "p/authorise", "a-1"};
const Captured captured{"p", "p/capture", "c-2", 500};
const CapturedTwice twice{"p", "p/capture", "c-3", 500};
const Asked give_back{"p", "p/twice/c-3", Kind::refund, 500, "c-3"};

Hear done(const std::string& key, const std::string& reference) {
    return {{"p", key, true, reference, ""}};
}

TEST(Payment, is_asked_for_under_keys_of_its_own) {
    given<Payment>().when(Pay{"p", 500}).then(wanted, authorise);
    given<Payment>().when(Pay{"p", 0}).then_rejected("amount.invalid");
    given<Payment>(wanted, authorise).when(Pay{"p", 500}).then_rejected("payment.exists");
    given<Payment>(wanted, authorise).when(Capture{"p"}).then_rejected("payment.open");
    given<Payment>(wanted, authorise, authorised).when(Capture{"p"}).then(capture);
    given<Payment>(wanted, authorise, authorised, capture).when(Capture{"p"}).then();
}

TEST(Payment, an_answer_that_comes_twice_is_heard_once) {
    const auto open = given<Payment>(wanted, authorise, authorised, capture);
    open.when(done("p/capture", "c-2")).then(captured);
    const auto answered = given<Payment>(wanted, authorise, authorised, capture, captured);
    answered.when(done("p/capture", "c-2")).then();
    answered.when(AskAgain{"p", "p/capture"}).then();
    answered.when(done("p/other", "c-9")).then_rejected("call.unknown");
}

TEST(Payment, an_open_outcome_is_asked_for_under_the_same_key) {
    Asked again = capture;
    again.attempt = 2;
    given<Payment>(wanted, authorise, authorised, capture).when(AskAgain{"p", "p/capture"}).then(again);
}

TEST(Payment, a_second_capture_is_given_back_once) {
    given<Payment>(wanted, authorise, authorised, capture, captured).when(done("p/capture", "c-3")).then(twice);
    const auto seen = given<Payment>(wanted, authorise, authorised, capture, captured, twice);
    seen.when(GiveBack{"p", "c-3"}).then(give_back);
    seen.when(GiveBack{"p", "c-2"}).then_rejected("capture.unknown");
    given<Payment>(wanted, authorise, authorised, capture, captured, twice, give_back)
        .when(GiveBack{"p", "c-3"})
        .then();
}

TEST(Payment, no_more_goes_back_than_was_taken) {
    const auto paid = given<Payment>(wanted, authorise, authorised, capture, captured, twice, give_back);
    paid.when(Refund{"p", "r", 501}).then_rejected("refund.too_much");
    const Asked refund{"p", "p/refund/r", Kind::refund, 400, "c-2"};
    paid.when(Refund{"p", "r", 400}).then(refund);
    const auto refunded = given<Payment>(wanted, authorise, authorised, capture, captured, refund);
    refunded.when(Refund{"p", "r", 400}).then();
    refunded.when(Refund{"p", "s", 101}).then_rejected("refund.too_much");
    given<Payment>(wanted, authorise, authorised, capture, captured, refund,
                   Refused{"p", "p/refund/r", Kind::refund, "bank.closed"})
        .when(Refund{"p", "s", 500})
        .then(Asked{"p", "p/refund/s", Kind::refund, 500, "c-2"});
}

TEST(Payment, what_may_be_captured_does_not_expire) {
    given<Payment>(wanted, authorise, authorised).when(Expire{"p"}).then(Expired{"p"});
    given<Payment>(wanted, authorise, authorised, capture).when(Expire{"p"}).then();
    given<Payment>(wanted, authorise, authorised, Expired{"p"}).when(Capture{"p"}).then_rejected("payment.expired");
}

TEST(Collection, asks_again_later_and_later) {
    given_process<Collection>().when(capture).then(varve::timer("p/capture", first_wait, NoAnswer{"p", "p/capture"}));
    EXPECT_EQ(Collection::wait_after(2), 2 * first_wait);
    EXPECT_EQ(Collection::wait_after(1000), longest_wait);
    given_process<Collection>(capture).when(NoAnswer{"p", "p/capture"}).then(varve::send(AskAgain{"p", "p/capture"}));
    given_process<Collection>(capture).when(captured).then_cancels("p/capture").then_cancels("authorisation");
}

TEST(Collection, knows_what_ends_and_what_goes_back) {
    given_process<Collection>(authorise)
        .when(authorised)
        .then_sets_timer("authorisation", authorisation_lasts, AuthorisationEnds{"p"});
    given_process<Collection>(authorised).when(AuthorisationEnds{"p"}).then(varve::send(Expire{"p"}));
    given_process<Collection>(captured).when(twice).then_sends(GiveBack{"p", "c-3"});
    const varve::Rejected<GiveBack> busy{{"p", "c-3"}, {.code = varve::Code::aborted, .message = "busy"}};
    given_process<Collection>(twice).when(busy).then_sets_timer("c-3", longest_wait, NotGivenBack{"p", "c-3"});
}

/// A World with a gateway beside it, which does not crash with us.
struct Street {
    World& world;
    Gateway gateway;
    Courier courier{gateway, {}};

    Street(World& the_world, Gateway::Script script)
        : world(the_world), gateway([&the_world] { return the_world.clock().now(); }, std::move(script)) {}

    void settle() {
        std::size_t carried = 1;
        while (carried > 0) {
            world.settle();
            world.attempt([&](varve::App& app) { carried = courier.carry(app).value(); });
        }
    }
    void pass(std::chrono::seconds time) {
        for (settle(); time.count() > 0; time -= first_wait) {
            world.pass(first_wait);
            settle();
        }
    }
    void check_books() {
        const auto books = compare(world.app(), gateway, varve::Timestamp::max()).value();
        world.check(books.equal(), "both books are the same");
    }
};

TEST(Payments, the_books_agree_wherever_the_program_crashes) {
    const auto report = crash_everywhere({}, wire, [](World& world) {
        Street street(world, [](const Request& request, unsigned attempt) {
            if (attempt == 1) return request.key == "p/capture" ? Fault::captured_twice : Fault::lost_back;
            return attempt == 2 ? Fault::lost_back : Fault::answered_twice;
        });
        world.send(Pay{"p", 500}).value();
        street.pass(std::chrono::minutes(2));
        world.send(Capture{"p"}).value();
        street.pass(std::chrono::minutes(5));
        street.check_books();
        const auto payment = world.app().load<Payment>("p").value();
        world.check(payment->captures.size() == 2 && payment->balance == 500, "of two captures one has gone back");
    });
    EXPECT_GT(report.crashes, 0U);
}

TEST(Payments, the_books_agree_whatever_the_gateway_does) {
    simulate({.seeds = 40}, wire, [](World& world) {
        Street street(world, [&world](const Request&, unsigned attempt) {
            return attempt > 4 ? Fault::none : static_cast<Fault>(world.random(5));
        });
        for (const char* payment : {"p", "q"}) world.send(Pay{payment, 500}).value();
        street.pass(std::chrono::minutes(10));
        for (const char* payment : {"p", "q"}) world.send(Capture{payment}).value();
        street.pass(std::chrono::minutes(10));
        world.send(Refund{"q", "r", 200}).value();
        street.pass(std::chrono::minutes(20));
        street.check_books();
        for (const auto& [payment, cents] : {std::pair{"p", 500}, {"q", 300}}) {
            const auto found = world.app().load<Payment>(payment).value();
            world.check(found->balance == cents, "each customer has paid once");
        }
    });
}

TEST(Payments, an_authorisation_ends_after_a_week) {
    simulate({.seeds = 1}, wire, [](World& world) {
        Street street(world, [](const Request&, unsigned) { return Fault::none; });
        world.send(Pay{"p", 500}).value();
        street.settle();
        world.pass(authorisation_lasts - std::chrono::seconds(1));
        world.check(world.app().load<Payment>("p").value()->state == Payment::State::authorised, "it lasts");
        world.pass(std::chrono::seconds(1));
        world.check(world.app().load<Payment>("p").value()->state == Payment::State::expired, "it has ended");
    });
}

TEST(Books, find_what_only_one_side_has) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    Gateway gateway([now] { return now; }, [](const Request&, unsigned) { return Fault::none; });
    const Answer held = gateway.call({"p/authorise", "p", Kind::authorise, 500, ""}).value();
    const Answer taken = gateway.call({"p/capture", "p", Kind::capture, 500, held.reference}).value();
    const auto before = compare(app, gateway, varve::Timestamp::max()).value();
    ASSERT_EQ(before.not_yet_ours.size(), 1U);
    EXPECT_EQ(before.not_yet_ours.front().reference, taken.reference);
    EXPECT_EQ(before.theirs - before.ours, 500);

    app.send(Pay{"p", 500}).value();
    app.send(done("p/authorise", held.reference)).value();
    app.send(Capture{"p"}).value();
    app.send(done("p/capture", "capture-99")).value();
    EXPECT_EQ(compare(app, gateway, varve::Timestamp::max()).value().never_theirs.size(), 1U);
}

TEST(Payments, store_what_they_have_stored) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    check_schema("schema.lock", app.schema());
}

TEST(Payments, hold_whatever_happens) {
    check_state<Payment>();
    check_projection<Books>({.twice = true});
}

TEST(Gateway, does_once_what_has_one_key) {
    const varve::Timestamp now{};
    Gateway gateway([now] { return now; },
                    [](const Request&, unsigned attempt) { return attempt == 1 ? Fault::lost_back : Fault::none; });
    const Request request{"k", "p", Kind::authorise, 500, ""};
    EXPECT_FALSE(gateway.call(request));
    const Answer first = gateway.call(request).value();
    EXPECT_EQ(gateway.call(request).value().reference, first.reference);
    EXPECT_FALSE(gateway.call({"c", "p", Kind::capture, 501, first.reference}));
    EXPECT_EQ(gateway.call({"c", "p", Kind::capture, 501, first.reference}).value().why, "amount.too_much");
    EXPECT_FALSE(gateway.call({"d", "q", Kind::capture, 500, first.reference}));
    EXPECT_EQ(gateway.call({"d", "q", Kind::capture, 500, first.reference}).value().why, "reference.unknown");
    EXPECT_TRUE(gateway.ledger(now).empty());
}

}  // namespace
}  // namespace payments
