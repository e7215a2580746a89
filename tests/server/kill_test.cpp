// A server that is killed under load: what was acknowledged is there once, and who follows misses nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cli/process.hpp"
#include "varve/remote.hpp"

namespace served {
namespace {

using command::Process;

/// VARVE_ROUNDS in the environment makes it more.
int rounds() {
    const char* given = std::getenv("VARVE_ROUNDS");
    return given != nullptr ? std::max(1, std::atoi(given)) : 3;
}

class Kill : public ::testing::Test {
protected:
    Kill() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-served-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no folder";
        folder = name;
    }
    ~Kill() override {
        server.reset();
        std::filesystem::remove_all(folder);
    }
    void start() {
        server = std::make_unique<Process>(std::vector<std::string>{VARVE_BINARY, "serve", (folder / "store").string(),
                                                                    "--port", port, "--drain", "1"});
        const std::string first = server->line().value_or("");
        port = first.substr(first.rfind(':') + 1);
    }
    void kill() {
        server->signal(SIGKILL);
        server->wait();
    }
    [[nodiscard]] varve::Result<varve::Store> connect() const {
        return varve::connect("varve://127.0.0.1:" + port, {.patience = std::chrono::minutes(1)});
    }

    std::filesystem::path folder;
    std::string port = "0";
    std::unique_ptr<Process> server;
};

TEST_F(Kill, WhatWasAcknowledgedIsThereOnceAndFollowersMissNothing) {
    constexpr int writers = 4;
    constexpr std::uint64_t each_round = 150;
    start();
    std::atomic<bool> over = false;
    std::atomic<std::uint64_t> acknowledged = 0;
    std::mutex mutex;
    std::map<std::uint64_t, std::string> receipts;  // by position
    std::string trouble;
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            auto store = connect().value();
            for (std::uint64_t n = 0; !over; ++n) {
                const std::string data = std::to_string(w) + ":" + std::to_string(n);
                const auto receipt = store.append(varve::Commit{}.append(
                    "s-" + std::to_string(w), varve::Expected::any(), {{.type = "T", .data = data}}));
                const std::lock_guard lock(mutex);
                if (!receipt.ok()) trouble = receipt.error().to_string();
                if (receipt.ok()) receipts.emplace(receipt->last.value, data);
                ++acknowledged;
            }
        });
    }
    std::vector<std::pair<std::uint64_t, std::string>> followed;
    std::thread follower([&] {
        auto store = connect().value();
        auto events = store.subscribe({}).value();
        for (;;) {
            const auto event = events.next(std::chrono::steady_clock::now() + std::chrono::milliseconds(200));
            if (!event.ok()) {
                const std::lock_guard lock(mutex);
                trouble = event.error().to_string();
                return;
            }
            if (*event != nullptr) followed.emplace_back((*event)->position.value, (*event)->data);
            if (*event == nullptr && over) return;
        }
    });
    const auto reach = [&](std::uint64_t count) {
        const auto deadline = std::chrono::steady_clock::now() + command::patience;
        while (acknowledged < count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        EXPECT_GE(acknowledged, count);
    };
    for (int round = 0; round < rounds(); ++round) {
        reach(acknowledged + each_round);
        kill();
        start();
    }
    reach(acknowledged + each_round);
    over = true;
    for (std::thread& thread : threads) thread.join();
    follower.join();
    EXPECT_EQ(trouble, "");

    auto store = connect().value();
    std::set<std::string> seen;
    std::uint64_t position = 0;
    auto cursor = store.read({}).value();
    while (const varve::Event* event = cursor.next()) {
        ASSERT_LT(position, followed.size()) << "the follower missed the end";
        EXPECT_EQ(event->position.value, position);
        EXPECT_EQ(followed[position], std::pair(position, std::string(event->data)));
        EXPECT_TRUE(seen.insert(std::string(event->data)).second) << event->data << " is there twice";
        if (const auto receipt = receipts.find(position); receipt != receipts.end()) {
            EXPECT_EQ(receipt->second, event->data);
            receipts.erase(receipt);
        }
        ++position;
    }
    EXPECT_TRUE(cursor.status().ok());
    EXPECT_EQ(followed.size(), position);
    EXPECT_TRUE(receipts.empty()) << receipts.size() << " acknowledged events are not there";
}

TEST_F(Kill, AnAppThatWaitsForItsServerGoesOn) {
    start();
    auto store = connect().value();
    store.append(varve::Commit{}.append("s", varve::Expected::none(), {{.type = "T", .data = "1"}})).value();
    kill();
    std::thread later([&] { start(); });
    EXPECT_EQ(store
                  .append(varve::Commit{}.append("s", varve::Expected::exact(varve::Revision{0}),
                                                 {{.type = "T", .data = "2"}}))
                  .value()
                  .last,
              varve::Position{1});
    later.join();
    EXPECT_EQ(store.stream("s").value()->last, varve::Revision{1});
}

}  // namespace
}  // namespace served
