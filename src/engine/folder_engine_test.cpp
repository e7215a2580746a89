#include "engine/folder_engine.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "varve/operations.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

constexpr std::chrono::seconds patience{20};

class FolderEngineTest : public ::testing::Test {
protected:
    FolderEngineTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-engine-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~FolderEngineTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] Result<Store> open(const OpenOptions& options = {}) const {
        return varve::open(store_path(), options);
    }
    [[nodiscard]] std::string store_path() const { return (folder_ / "store").string(); }

    static Commit commit_to(const std::string& stream, const std::string& data = "{}") {
        return Commit{}.append(stream, Expected::any(), {{.stream = "", .type = "Happened", .data = data}});
    }
    static std::vector<std::string> data_of(const Store& store, const Selection& selection) {
        std::vector<std::string> found;
        Cursor cursor = store.read(selection).value();
        cursor.each([&](const Event& event) { found.emplace_back(event.data); }).value();
        return found;
    }

    std::filesystem::path folder_;
};

TEST_F(FolderEngineTest, EverythingIsThereAfterReopening) {
    std::vector<std::string> everything;
    for (int opening = 0; opening < 3; ++opening) {
        Store store = open().value();
        EXPECT_EQ(data_of(store, {}), everything);
        for (int i = 0; i < 50; ++i) {
            everything.push_back(std::to_string(opening) + "/" + std::to_string(i));
            store.append(commit_to("s-" + std::to_string(i % 7), everything.back())).value();
        }
        EXPECT_EQ(data_of(store, {}), everything);
        store.close().value();
    }
    const Store store = open().value();
    EXPECT_EQ(store.info().value().indexed, 150U) << "a clean close leaves nothing to index";
    EXPECT_EQ(data_of(store, {.source = Category{"s"}}), everything);
}

TEST_F(FolderEngineTest, TheIndexCanBeDeletedAtAnyClosedTime) {
    std::vector<std::string> of_stream;
    {
        Store store = open().value();
        for (int i = 0; i < 300; ++i) {
            const std::string data = std::to_string(i);
            if (i % 3 == 0) of_stream.push_back(data);
            store.append(commit_to("s-" + std::to_string(i % 3), data)).value();
        }
    }
    std::filesystem::remove_all(folder_ / "store" / "index");
    const Store store = open().value();
    EXPECT_EQ(data_of(store, {.source = Stream{"s-0"}}), of_stream);
    EXPECT_EQ(store.streams().value().size(), 3U);
}

TEST_F(FolderEngineTest, AnIndexOfAnotherStoreIsNotBelieved) {
    const std::string other = (folder_ / "other").string();
    for (const std::string& path : {other, store_path()}) {
        Store store = varve::open(path).value();
        for (int i = 0; i < 20; ++i)
            store.append(commit_to(path == other ? "foreign" : "own", std::to_string(i))).value();
    }
    std::filesystem::remove_all(folder_ / "store" / "index");
    std::filesystem::copy(other + "/index", folder_ / "store" / "index", std::filesystem::copy_options::recursive);
    const Store store = open().value();
    EXPECT_EQ(data_of(store, {.source = Stream{"own"}}).size(), 20U);
    EXPECT_TRUE(data_of(store, {.source = Stream{"foreign"}}).empty());
}

TEST_F(FolderEngineTest, ADamagedIndexIsBuiltAgain) {
    {
        Store store = open().value();
        for (int i = 0; i < 20; ++i) store.append(commit_to("s", std::to_string(i))).value();
    }
    std::filesystem::resize_file(folder_ / "store" / "index" / "CURRENT", 1);
    const Store store = open().value();
    EXPECT_EQ(data_of(store, {.source = Stream{"s"}}).size(), 20U);
}

TEST_F(FolderEngineTest, AnIndexThatKnowsMoreThanTheLogIsNeverRebuiltInSilence) {
    {
        Store store = open().value();
        for (int i = 0; i < 20; ++i) store.append(commit_to("s", std::to_string(i))).value();
    }
    const auto older = folder_ / "older";
    std::filesystem::copy(store_path(), older, std::filesystem::copy_options::recursive);
    {
        Store store = open().value();
        for (int i = 20; i < 40; ++i) store.append(commit_to("s", std::to_string(i))).value();
    }
    std::filesystem::remove_all(older / "index");
    std::filesystem::copy(folder_ / "store" / "index", older / "index", std::filesystem::copy_options::recursive);

    for (const bool read_only : {false, true}) {
        const auto opened = varve::open(older.string(), {.create = false, .read_only = read_only});
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.error().code, Code::data_loss) << opened.error();
    }
    std::filesystem::remove_all(older / "index");
    EXPECT_EQ(varve::open(older.string()).value().head(), Position{20});
}

TEST_F(FolderEngineTest, DamageIsFoundAtOpeningAlsoAfterACleanClose) {
    {
        Store store = open().value();
        for (int i = 0; i < 20; ++i) store.append(commit_to("s", "data " + std::to_string(i))).value();
    }
    std::filesystem::path segment;
    for (const auto& file : std::filesystem::directory_iterator(store_path())) {
        if (file.path().extension() == ".log") segment = file.path();
    }
    std::ifstream in(segment, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::size_t at = bytes.find("data 7");
    ASSERT_NE(at, std::string::npos);
    std::fstream(segment, std::ios::binary | std::ios::in | std::ios::out)
        .seekp(static_cast<std::streamoff>(at))
        .put('D');
    for (const bool read_only : {false, true}) {
        const auto opened = open({.create = false, .read_only = read_only});
        ASSERT_FALSE(opened.ok()) << "read_only " << read_only;
        EXPECT_EQ(opened.error().code, Code::data_loss) << opened.error();
    }
}

TEST_F(FolderEngineTest, AMissingNewestSegmentIsNoticedThoughNothingInItWasCheckpointed) {
    {
        Store store = open({.segment_bytes = 1 << 20}).value();
        while (store.info().value().segments < 2) store.append(commit_to("s", std::string(20000, 'x'))).value();
        store.close().value();
    }
    std::vector<std::filesystem::path> segments;
    for (const auto& file : std::filesystem::directory_iterator(store_path())) {
        if (file.path().extension() == ".log") segments.push_back(file.path());
    }
    std::filesystem::remove(*std::ranges::max_element(segments));
    std::filesystem::remove_all(folder_ / "store" / "index");
    EXPECT_EQ(open().error().code, Code::data_loss);
    EXPECT_TRUE(varve::verify(store_path()).value().damaged());
}

TEST_F(FolderEngineTest, AppendsFromCompletionsNeverWaitForRoom) {
    Store store = open({.durability = Durability::buffered}).value();
    std::atomic<int> left = 0;
    std::function<void(int)> again = [&](int depth) {
        ++left;
        store.append(commit_to("s", std::string(1 << 20, 'x')), [&, depth](const Result<Receipt>& receipt) {
            if (receipt && depth > 0) {
                again(depth - 1);
                again(depth - 1);
            }
            --left;
        });
    };
    for (int i = 0; i < 12; ++i) again(2);
    store.close().value();
    EXPECT_EQ(left, 0) << "every completion was called";
}

TEST_F(FolderEngineTest, OneWriterAtATime) {
    const Store writer = open().value();
    const auto second = open();
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, Code::failed_precondition);
    EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos) << second.error();
}

TEST_F(FolderEngineTest, AReaderFollowsTheWriterBesideIt) {
    Store writer = open().value();
    for (int i = 0; i < 10; ++i) writer.append(commit_to("s-" + std::to_string(i % 2), std::to_string(i))).value();

    const Store reader = open({.create = false, .read_only = true}).value();
    EXPECT_EQ(data_of(reader, {}).size(), 10U);
    Subscription live = reader.subscribe({.source = Stream{"s-1"}, .from = reader.head()}).value();
    for (int i = 10; i < 200; ++i) writer.append(commit_to("s-" + std::to_string(i % 2), std::to_string(i))).value();

    ASSERT_TRUE(reader.wait_for(Position{199}, std::chrono::steady_clock::now() + patience));
    EXPECT_EQ(data_of(reader, {}), data_of(writer, {}));
    EXPECT_EQ(data_of(reader, {.source = Stream{"s-1"}}), data_of(writer, {.source = Stream{"s-1"}}));
    EXPECT_EQ(data_of(reader, {.source = Category{"s"}, .direction = Direction::backward}),
              data_of(writer, {.source = Category{"s"}, .direction = Direction::backward}));
    for (int i = 11; i < 200; i += 2) {
        const Event* event = live.next(std::chrono::steady_clock::now() + patience).value();
        ASSERT_NE(event, nullptr);
        EXPECT_EQ(event->data, std::to_string(i));
    }
}

TEST_F(FolderEngineTest, AReaderRefusesToAppendAndNeedsAStore) {
    EXPECT_EQ(open({.create = false, .read_only = true}).error().code, Code::not_found);
    {
        const Store store = open().value();
    }
    Store reader = open({.create = false, .read_only = true}).value();
    EXPECT_EQ(reader.append(commit_to("s")).error().code, Code::failed_precondition);
}

TEST_F(FolderEngineTest, ACursorOutlivesItsStore) {
    Cursor cursor = [&] {
        Store store = open().value();
        for (int i = 0; i < 10; ++i) store.append(commit_to("s", std::to_string(i))).value();
        return store.read({}).value();
    }();
    int seen = 0;
    EXPECT_TRUE(cursor.each([&](const Event&) { ++seen; }).ok());
    EXPECT_EQ(seen, 10);
    EXPECT_TRUE(open().ok()) << "and does not hold its lock";
}

TEST_F(FolderEngineTest, KilledUnderLoadEveryAcknowledgedEventIsFound) {
    for (int round = 0; round < 3; ++round) {
        int acknowledged[2];
        ASSERT_EQ(pipe(acknowledged), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto store = open();
            if (!store) _exit(1);
            std::vector<std::jthread> writers;
            for (int w = 0; w < 4; ++w) {
                writers.emplace_back([&, w] {
                    for (int i = 0;; ++i) {
                        const std::string data =
                            std::to_string(round) + "/" + std::to_string(w) + "/" + std::to_string(i);
                        if (!store->append(commit_to("w-" + std::to_string(w), data))) _exit(2);
                        const std::string line = data + "\n";
                        if (write(acknowledged[1], line.data(), line.size()) < 0) _exit(3);
                    }
                });
            }
        }
        close(acknowledged[1]);
        std::string lines;
        char buffer[4096];
        for (ssize_t got = 0; lines.size() < 4000 && (got = read(acknowledged[0], buffer, sizeof buffer)) > 0;) {
            lines.append(buffer, static_cast<std::size_t>(got));
        }
        kill(child, SIGKILL);
        for (ssize_t got = 0; (got = read(acknowledged[0], buffer, sizeof buffer)) > 0;) {
            lines.append(buffer, static_cast<std::size_t>(got));
        }
        close(acknowledged[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";

        const Store store = open().value();
        const auto found = data_of(store, {});
        const std::set<std::string> stored(found.begin(), found.end());
        EXPECT_EQ(stored.size(), found.size()) << "nothing twice";
        for (std::size_t at = 0; at < lines.size();) {
            const std::size_t end = lines.find('\n', at);
            if (end == std::string::npos) break;
            EXPECT_TRUE(stored.contains(lines.substr(at, end - at))) << lines.substr(at, end - at);
            at = end + 1;
        }
    }
}

TEST_F(FolderEngineTest, TheProcessMayChangeItsFolder) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
    Store store = varve::open("store", {.segment_bytes = 1 << 20}).value();
    std::filesystem::create_directories(folder_ / "elsewhere" / "store");
    std::filesystem::current_path(folder_ / "elsewhere");
    for (int i = 0; i < 5; ++i) store.append(commit_to("s", "\"" + std::string(600'000, 'x') + "\"")).value();
    const auto closed = store.close();
    std::filesystem::current_path(before);
    EXPECT_TRUE(closed.ok()) << closed;
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "elsewhere" / "store"));
    const auto report = verify(store_path()).value();
    EXPECT_FALSE(report.damaged());
    EXPECT_EQ(report.events, 5U);
}

TEST_F(FolderEngineTest, AForkedChildIsRefusedAndHarmsNothing) {
    Store store = open().value();
    store.append(commit_to("s", "1")).value();
    const pid_t child = ::fork();
    if (child == 0) {
        bool right = false;
        {
            Store inherited = store;
            const auto refused = inherited.append(commit_to("s", "2"));
            right = !refused && refused.error().code == Code::failed_precondition &&
                    refused.error().message.find("forked") != std::string::npos && !inherited.read({}).ok() &&
                    inherited.close().ok();
        }
        ::_exit(right ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    store.append(commit_to("s", "3")).value();
    EXPECT_EQ(data_of(store, {}), (std::vector<std::string>{"1", "3"}));
    store.close().value();
    EXPECT_FALSE(verify(store_path()).value().damaged());
}

TEST_F(FolderEngineTest, ACompletionIsRefusedWhatWouldWaitForItself) {
    Store store = open().value();
    std::promise<std::pair<Result<Receipt>, Result<>>> told;
    store.append(commit_to("s"), [&](const Result<Receipt>&) {
        auto appended = store.append(commit_to("s"));
        auto closed = store.close();
        told.set_value({std::move(appended), std::move(closed)});
    });
    auto answers = told.get_future();
    ASSERT_EQ(answers.wait_for(patience), std::future_status::ready);
    const auto [appended, closed] = answers.get();
    EXPECT_EQ(appended.error().code, Code::failed_precondition);
    EXPECT_EQ(closed.error().code, Code::failed_precondition);
    EXPECT_EQ(store.head(), Position{1});
    store.close().value();
}

TEST_F(FolderEngineTest, AHandleThatWasMovedFromIsStillOne) {
    Store store = open().value();
    const Store other = std::move(store);            // NOLINT(performance-move-const-arg): the promise under test
    EXPECT_TRUE(store.append(commit_to("s")).ok());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(other.head(), Position{1});
    Subscription first = store.subscribe({}).value();
    Subscription second = std::move(first);
    first.close();  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
    EXPECT_EQ(first.next().error().code, Code::cancelled);
    EXPECT_EQ(first.position(), Position{0});
    EXPECT_NE(second.next().value(), nullptr);
}

}  // namespace
}  // namespace varve::engine
