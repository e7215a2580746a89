#include "crash/load.hpp"

#include <unistd.h>

#include <functional>
#include <iostream>
#include <semaphore>
#include <thread>
#include <vector>

#include "varve/store.hpp"

namespace varve::crash {
namespace {

/// Commits of a writer that are on their way at once.
constexpr std::ptrdiff_t window = 16;

class Teller {
public:
    explicit Teller(int pipe) : pipe_(pipe) {}
    void tell(const Message& message) const {
        if (::write(pipe_, &message, sizeof message) != sizeof message) ::_exit(3);
    }

private:
    int pipe_;
};

[[noreturn]] void give_up(const Teller& teller, const Error& error) {
    std::cerr << "load: " << error << '\n';
    teller.tell({.kind = Kind::failed});
    ::_exit(1);
}

/// One commit after the other, each acknowledged before the next.
void write_patiently(Store store, std::uint64_t writer, std::uint64_t number, const Teller& teller) {
    for (;; ++number) {
        teller.tell({.kind = Kind::tries, .writer = writer, .number = number});
        const auto receipt = store.append(commit_of(writer, number));
        if (!receipt) give_up(teller, receipt.error());
        teller.tell({.kind = Kind::acked, .writer = writer, .number = number, .position = receipt->first.value});
    }
}

/// Many at once.
void write_ahead(Store store, std::uint64_t writer, std::uint64_t number, const Teller& teller) {
    std::counting_semaphore<window> room(window);
    for (;; ++number) {
        room.acquire();
        teller.tell({.kind = Kind::tries, .writer = writer, .number = number});
        store.append(commit_of(writer, number), [&teller, &room, writer, number](Result<Receipt> receipt) {
            if (!receipt) give_up(teller, receipt.error());
            teller.tell({.kind = Kind::acked, .writer = writer, .number = number, .position = receipt->first.value});
            room.release();
        });
    }
}

void follow(const Store& store, const Teller& teller) {
    auto subscription = store.subscribe({.from = store.head()});
    if (!subscription) give_up(teller, subscription.error());
    for (;;) {
        const auto event = subscription->next();
        if (!event) give_up(teller, event.error());
        teller.tell({.kind = Kind::seen,
                     .number = std::hash<std::string_view>{}((*event)->data),
                     .position = (*event)->position.value});
    }
}

}  // namespace

Commit commit_of(std::uint64_t writer, std::uint64_t number) {
    const std::uint64_t events = 1 + number % 4;
    const std::string name = "load-" + std::to_string(writer);
    Commit commit;
    for (std::uint64_t i = 0; i < events; ++i) {
        NewEvent event{.stream = name, .type = "Loaded"};
        event.data = std::to_string(writer) + " " + std::to_string(number) + " " + std::to_string(i);
        event.data.append(number * 37 % 300, '.');
        // The last of every other commit goes into a stream that all share.
        if (i > 0 && i + 1 == events && number % 2 == 1) event.stream = "shared-1";
        commit.events.push_back(std::move(event));
    }
    if (number > 0) {
        commit.conditions.emplace_back(StreamIs{name, Expected::exists()});
    } else {
        commit.conditions.emplace_back(StreamIs{name, Expected::none()});
    }
    return commit;
}

int run_load(const LoadOptions& options) {
    const Teller teller(options.pipe);
    auto opened = open(options.folder, {.durability = options.durability, .segment_bytes = 1 << 20});
    if (!opened) give_up(teller, opened.error());
    const Store store = *std::move(opened);
    teller.tell({.kind = Kind::opened});
    std::vector<std::jthread> threads;
    threads.emplace_back([&] { follow(store, teller); });
    for (std::uint64_t writer = 0; writer < writers; ++writer) {
        const auto work = writer % 2 == 0 ? write_patiently : write_ahead;
        threads.emplace_back([&, writer, work] { work(store, writer, options.first[writer], teller); });
    }
    return 0;
}

}  // namespace varve::crash
