// A few friends, a crowd, and a question about last Monday: docs/examples/social.md walks through it.
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>

#include "social/crowd.hpp"
#include "social/timelines.hpp"
#include "varve/testing_clock.hpp"

namespace {

using namespace social;
using varve::Result;

varve::Timestamp moment(const std::string& text) {
    return varve::parse_timestamp(text).value();
}

std::string day(varve::Timestamp time) {
    return varve::to_string(time).substr(0, 10);
}

void show(const std::string& heading, const std::vector<Entry>& feed) {
    std::cout << heading << '\n';
    for (const Entry& entry : feed) {
        std::cout << "  " << day(entry.at) << "  " << entry.author << ": " << entry.text
                  << (entry.via == entry.author ? "" : " (shared by " + entry.via + ")") << '\n';
    }
}

/// What is said at the table, one thing after the other.
class Talk {
public:
    Talk(varve::App& app, std::shared_ptr<varve::testing::VirtualClock> clock) : app_(app), clock_(std::move(clock)) {}

    void it_is(const std::string& when) { clock_->set(moment(when)); }
    template <class Command>
    void says(const Command& command) {
        if (!last_.ok()) return;
        last_ = app_.send(command);
    }
    /// Of the last command, or of the first that failed.
    [[nodiscard]] const Result<varve::Receipt>& receipt() const { return last_; }

private:
    varve::App& app_;
    std::shared_ptr<varve::testing::VirtualClock> clock_;
    Result<varve::Receipt> last_ = varve::Receipt{};
};

/// The next answer that the telephone shows, and what to resume from.
Result<std::string> look(varve::Live<FeedOf>& telephone, const std::string& heading) {
    const auto news = telephone.next();
    if (!news) return news.error();
    show(heading, (*news)->answer);
    return (*news)->resume;
}

Result<> monday(varve::App& app, Talk& talk) {
    talk.it_is("2026-09-05 18:00");
    talk.says(Follow{"ann", "cyd"});
    talk.it_is("2026-09-07 09:00");
    talk.says(Follow{"ann", "bob"});
    talk.says(Write{"d1", "dan", "the lake is warm"});
    talk.says(Write{"b1", "bob", "rain again"});
    if (!talk.receipt()) return talk.receipt().error();
    const FeedOf feed{"ann", 5};
    auto telephone = app.watch(feed, {.from = talk.receipt()->last + 1});
    if (!telephone) return std::move(telephone).error();
    auto seen = look(*telephone, "ann's telephone");
    if (!seen) return std::move(seen).error();
    talk.says(Share{"d1", "cyd"});
    seen = look(*telephone, "ann's telephone, when cyd has shared something");
    if (!seen) return std::move(seen).error();

    telephone->close();
    talk.says(Write{"c1", "cyd", "swimming tonight?"});
    talk.says(Write{"b2", "bob", "it has stopped"});
    if (!talk.receipt()) return talk.receipt().error();
    auto again = app.watch(feed, {.resume = *seen, .from = talk.receipt()->last + 1});
    if (!again) return std::move(again).error();
    seen = look(*again, "ann's telephone, back from the tunnel");
    if (!seen) return std::move(seen).error();
    return {};
}

Result<> what_was_monday(const varve::App& app, Talk& talk) {
    talk.it_is("2026-09-09 12:00");
    talk.says(Unfollow{"ann", "bob"});
    talk.says(Remove{"d1", "dan"});
    const auto now = app.ask(FeedOf{"ann", 5}, varve::after(talk.receipt()));
    if (!now) return now.error();
    show("ann's feed on Wednesday", *now);

    const auto then = app.replay<Timelines>(varve::as_of(moment("2026-09-07 20:00")));
    if (!then) return then.error();
    const auto feed = then->ask(FeedOf{"ann", 5});
    if (!feed) return feed.error();
    show("ann's feed last Monday, 20:00", *feed);
    for (const Entry& entry : *feed) {
        for (const WhyIsIn::Reason& why : then->ask(WhyIsIn{entry.post, "ann"}).value()) {
            std::cout << "  " << entry.post << " was in it because of " << why.via << ", whom ann had followed since "
                      << (why.followed_since ? day(*why.followed_since) : "ever") << '\n';
        }
    }
    return {};
}

/// Each reader's timeline, as several threads have written it and as one writes it.
Result<> compare_threads(varve::App& app) {
    const auto names = crowd(app, {});
    if (!names) return names.error();
    const auto one = app.replay<Timelines>();
    if (!one) return one.error();
    std::size_t same = 0;
    for (const std::string& name : *names) {
        const auto many = app.ask(FeedOf{name, 1'000}, varve::after(one->position() - 1));
        if (!many) return many.error();
        const auto alone = one->ask(FeedOf{name, 1'000});
        if (!alone) return alone.error();
        if (varve::to_json(*many).value() == varve::to_json(*alone).value()) ++same;
    }
    const auto entries = app.ask(HowManyEntries{}, varve::after(one->position() - 1));
    if (!entries) return entries.error();
    std::cout << "a crowd: " << *entries << " entries written by " << threads << " threads; " << same << " of "
              << names->size() << " timelines are as one thread writes them\n";
    return {};
}

Result<> play(const std::string& folder) {
    const auto clock = std::make_shared<varve::testing::VirtualClock>(moment("2026-09-01"));
    auto store = varve::open(folder, {.clock = clock});
    if (!store) return std::move(store).error();
    varve::App app{*store, {.clock = clock}};
    wire(app);
    Talk talk(app, clock);
    if (auto done = monday(app, talk); !done) return done;
    if (auto done = what_was_monday(app, talk); !done) return done;
    if (auto done = compare_threads(app); !done) return done;
    return app.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = std::string(argc > 1 ? argv[1] : "data") + "/social";
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);  // each time from the beginning
    std::filesystem::create_directories(folder, failed);
    const Result<> played = play(folder);
    if (played) return 0;
    std::cerr << "social: " << played.error().message << '\n';
    return 1;
}
