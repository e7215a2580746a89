// What the operating system refuses while a store is opened: threads, files, room, and the lock.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "engine/folder_engine.hpp"
#include "varve/operations.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

namespace fs = std::filesystem;

/// Threads until there are no more.
class FewThreads final : public io::Executor {
public:
    explicit FewThreads(int left) : left_(left) {}
    std::unique_ptr<io::Task> start(std::string name, std::chrono::milliseconds period,
                                    std::function<void()> work) override {
        if (left_-- <= 0) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
        return threads_->start(std::move(name), period, std::move(work));
    }

private:
    int left_;
    const std::shared_ptr<io::Executor> threads_ = io::real_environment().executor;
};

class OpeningTrouble : public ::testing::Test {
protected:
    OpeningTrouble() {
        std::string name = (fs::temp_directory_path() / "varve-trouble-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~OpeningTrouble() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    [[nodiscard]] std::string path(const std::string& name = "store") const { return (folder_ / name).string(); }
    static Result<Receipt> append(Store& store) {
        return store.append(Commit{}.append("s-1", Expected::any(), {{.stream = "", .type = "Happened"}}));
    }
    void make_store(const std::string& where, int events = 20) const {
        Store store = varve::open(where).value();
        for (int i = 0; i < events; ++i) append(store).value();
        store.close().value();
    }
    static std::size_t count(const Store& store, const Source& source) {
        std::size_t events = 0;
        store.read({.source = source}).value().each([&](const Event&) { ++events; }).value();
        return events;
    }
    /// All of it is there, by every way.
    static void expect_whole(const std::string& where, std::size_t events, bool read_only = false) {
        const Store store = varve::open(where, {.read_only = read_only}).value();
        for (const Source& source : {Source(All{}), Source(Stream{"s-1"}), Source(Category{"s"})}) {
            EXPECT_EQ(count(store, source), events);
        }
    }

    fs::path folder_;
};

TEST_F(OpeningTrouble, NoThreadsAreAnErrorAndLeaveTheStoreAsItWas) {
    for (const bool read_only : {false, true}) {
        int refusals = 0;
        for (int threads = 0;; ++threads) {
            ASSERT_LT(threads, 20);
            io::Environment environment = io::real_environment();
            environment.executor = std::make_shared<FewThreads>(threads);
            const auto opened = open_folder_engine(path(), {.read_only = read_only}, environment);
            if (opened) break;
            ++refusals;
            EXPECT_EQ(opened.error().code, Code::resource_exhausted) << opened.error();
            EXPECT_NE(opened.error().message.find("thread"), std::string::npos) << opened.error();
        }
        EXPECT_GE(refusals, read_only ? 1 : 4);
        if (!read_only) make_store(path());
    }
    expect_whole(path(), 20);
    EXPECT_TRUE(verify(path()).value().findings.empty());
}

TEST_F(OpeningTrouble, TooFewOpenFilesNeverCostTheIndex) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the undefined-behaviour sanitizer looks at objects through a pipe, and takes them for broken when "
                    "it cannot have one";
#endif
    make_store(path());
    // A folder that is deleted and built anew loses this.
    const fs::path mark = fs::path(path()) / "index" / "MARK";
    std::ofstream(mark) << "there";
    const int lowest = ::open("/dev/null", O_RDONLY);
    ASSERT_GE(lowest, 0);
    ::close(lowest);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (const bool read_only : {false, true}) {
        int refusals = 0;
        for (int more = 0;; ++more) {
            ASSERT_LT(more, 200);
            rlimit few = before;
            few.rlim_cur = static_cast<rlim_t>(lowest) + static_cast<rlim_t>(more);
            ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
            const auto opened = varve::open(path(), {.read_only = read_only});
            ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
            ASSERT_TRUE(fs::exists(mark)) << more;
            if (opened) break;
            ++refusals;
            EXPECT_EQ(opened.error().code, Code::unavailable) << more << ": " << opened.error();
        }
        EXPECT_GT(refusals, 1);
    }
    expect_whole(path(), 20);
    EXPECT_TRUE(fs::exists(mark));
}

/// Runs the same test once more in a process of its own that alone sees a small disk in this folder.
constexpr const char* disk_variable = "VARVE_TEST_SMALL_DISK";
constexpr int no_disk = 77;

int run_on_small_disk(const std::string& disk) {
    const std::string filter =
        std::string("--gtest_filter=*.") + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const pid_t child = ::fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64m") != 0 || setenv(disk_variable, disk.c_str(), 1) != 0) {
            _exit(no_disk);
        }
        execl("/proc/self/exe", "on-small-disk", filter.c_str(), nullptr);
        _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(OpeningTrouble, AFullDiskRefusesWritersLetsReadersReadAndLosesNothing) {
    if (std::getenv(disk_variable) == nullptr) {
        fs::create_directory(path("disk"));
        const int outcome = run_on_small_disk(path("disk"));
        if (outcome == no_disk) GTEST_SKIP() << "only root may make a small disk";
        EXPECT_EQ(outcome, 0);
        return;
    }
    fs::remove_all(folder_);
    folder_ = fs::path(std::getenv(disk_variable)).parent_path();
    make_store(path("disk/store"));
    make_store(path("disk/no-index"));
    const std::string ballast = path("disk/ballast");
    {
        std::ofstream fill(ballast, std::ios::binary);
        const std::string piece(4096, 'x');
        while (fill.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
        }
    }
    fs::remove_all(path("disk/no-index/index"));

    expect_whole(path("disk/store"), 20, true);
    EXPECT_TRUE(verify(path("disk/store")).value().findings.empty());
    EXPECT_EQ(varve::open(path("disk/new")).error().code, Code::resource_exhausted);
    std::map<std::string, std::size_t> events = {{"disk/store", 20}, {"disk/no-index", 20}};
    // What little room there is now changes from try to try; none may end the process.
    for (const std::uint64_t room : {0U, 4U, 16U, 64U, 200U, 400U, 800U}) {
        fs::resize_file(ballast, fs::file_size(ballast) - (room << 10));
        for (const char* name : {"disk/store", "disk/no-index"}) {
            auto opened = varve::open(path(name));
            if (!opened) {
                EXPECT_EQ(opened.error().code, Code::resource_exhausted) << room << ": " << opened.error();
                continue;
            }
            // Small ones fit into what the segment has taken of the disk before.
            const auto outcome = append(*opened);
            if (outcome) {
                ++events[name];
            } else {
                EXPECT_EQ(outcome.error().code, Code::resource_exhausted) << room << ": " << outcome.error();
            }
            const auto large = opened->append(Commit{}.append(
                "s-1", Expected::any(), {{.stream = "", .type = "Happened", .data = std::string(4 << 20, 'x')}}));
            ASSERT_FALSE(large.ok());
            EXPECT_EQ(large.error().code, Code::resource_exhausted) << room << ": " << large.error();
            EXPECT_EQ(count(*opened, Stream{"s-1"}), events[name]);
        }
        expect_whole(path("disk/store"), events["disk/store"], true);
    }
    fs::remove(ballast);
    for (const char* name : {"disk/store", "disk/no-index"}) {
        expect_whole(path(name), events[name]);
        Store store = varve::open(path(name)).value();
        EXPECT_TRUE(append(store));
        store.close().value();
        EXPECT_TRUE(verify(path(name)).value().findings.empty());
    }
    EXPECT_TRUE(varve::open(path("disk/new")));

    ASSERT_EQ(mount("tmpfs", path("disk").c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    expect_whole(path("disk/store"), events["disk/store"] + 1, true);
    EXPECT_TRUE(verify(path("disk/store")).value().findings.empty());
    EXPECT_EQ(varve::open(path("disk/store")).error().code, Code::permission_denied);
    EXPECT_EQ(varve::open(path("disk/newer")).error().code, Code::permission_denied);
    folder_ /= "disk";
}

TEST_F(OpeningTrouble, ASecondWriterIsRefusedAlsoWhenTheLockFileIsGone) {
    int ready[2];
    int over[2];
    ASSERT_EQ(pipe(ready), 0);
    ASSERT_EQ(pipe(over), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(over[1]);
        auto store = varve::open(path());
        char byte = store && append(*store) ? 'y' : 'n';
        if (write(ready[1], &byte, 1) != 1) _exit(1);
        static_cast<void>(read(over[0], &byte, 1));
        _exit(0);
    }
    char answer = 'n';
    ASSERT_EQ(read(ready[0], &answer, 1), 1);
    ASSERT_EQ(answer, 'y');
    fs::remove(path() + "/LOCK");
    for (int time = 0; time < 2; ++time) {
        const auto second = varve::open(path());
        ASSERT_FALSE(second.ok()) << "and its own lock file does not help it";
        EXPECT_EQ(second.error().code, Code::failed_precondition) << second.error();
        EXPECT_NE(second.error().message.find("only one process may write"), std::string::npos) << second.error();
    }
    expect_whole(path(), 1, true);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    for (const int end : {ready[0], ready[1], over[0], over[1]}) ::close(end);
    expect_whole(path(), 1);
}

}  // namespace
}  // namespace varve::engine
