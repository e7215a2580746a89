#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "base/hash.hpp"
#include "cli/command_test.hpp"

namespace command {
namespace {

class BadInput : public CommandTest {
protected:
    /// Every command that opens a store, on this path.
    static std::vector<std::vector<std::string>> openers(const std::string& store) {
        return {{"read", store},   {"tail", store},        {"streams", store},         {"info", store},
                {"export", store}, {"import", store, "-"}, {"append", store, "s", "T"}};
    }
    /// The only segment of the store.
    [[nodiscard]] std::string segment() const { return store() + "/seg-00000000000000000000.log"; }
};

TEST_F(BadInput, AFolderThatIsNoStore) {
    std::filesystem::create_directory(path("photos"));
    write_file(path("photos/cat.jpg"), "miaow");
    for (const auto& words : openers(path("photos"))) {
        const bool writes = words[0] == "append" || words[0] == "import";
        fail(1, words,
             {path("photos"), "is no store (it holds 'cat.jpg' but no STORE)",
              writes ? "choose an empty or a new folder" : "check the path"});
    }
    fail(2, {"verify", path("photos")}, {path("photos"), "is no store (it holds no STORE): check the path"});
    EXPECT_EQ(std::ranges::distance(std::filesystem::directory_iterator(path("photos"))), 1) << "left as it was";
    EXPECT_EQ(read_file(path("photos/cat.jpg")), "miaow");
}

TEST_F(BadInput, AStoreThatIsNotThere) {
    for (const char* command : {"read", "tail", "streams", "info", "export"}) {
        fail(1, {command, store()},
             {"there is no store in '" + store() + "': check the path",
              "'varve append' and 'varve import' make a store"});
    }
    fail(2, {"verify", store()}, {"there is no folder '" + store() + "': check the path"});
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(BadInput, APathThatIsNoFolder) {
    write_file(path("file"), "text");
    for (const auto& words : openers(path("file"))) fail(1, words, {path("file")});
    for (const auto& words : openers(path("file/inside"))) fail(1, words, {path("file/inside")});
    EXPECT_EQ(read_file(path("file")), "text");
}

TEST_F(BadInput, APathWithoutPermission) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
    fill();
    constexpr uid_t nobody = 65534;
    if (Process probe(varve({"--version"}), [] { static_cast<void>(::setuid(nobody)); }); probe.wait() != 0) {
        GTEST_SKIP() << "the binary lies where only root may look";
    }
    for (const auto& words : openers(store())) {
        Process process(varve(words), [] { static_cast<void>(::setuid(nobody)); });
        EXPECT_EQ(process.wait(), 1) << testing::PrintToString(words);
        EXPECT_NE(process.err().find("ermission denied"), std::string::npos) << process.err();
        EXPECT_NE(process.err().find(store()), std::string::npos) << process.err();
    }
    EXPECT_EQ(lines_of(succeed({"read", store()})).size(), 4U);
}

TEST_F(BadInput, AStoreOfANewerFormat) {
    fill();
    // The format number of both slots, and their checksums made to fit.
    std::string file = read_file(store() + "/STORE");
    constexpr std::size_t slot = 4096, number = 8, checksum = slot - 4;
    for (std::size_t at = 0; at < file.size(); at += slot) {
        const std::uint32_t newer = 1000;
        std::memcpy(file.data() + at + number, &newer, sizeof newer);
        const std::uint32_t crc = ::varve::crc32c(std::string_view(file).substr(at, checksum));
        std::memcpy(file.data() + at + checksum, &crc, sizeof crc);
    }
    write_file(store() + "/STORE", file);
    for (const auto& words : openers(store())) fail(1, words, {store(), "format 1000", "newer version"});
    EXPECT_EQ(read_file(store() + "/STORE"), file);
}

TEST_F(BadInput, ADamagedFrameInTheMiddle) {
    fill();
    std::string bytes = read_file(segment());
    const std::size_t cents = bytes.find(R"({"cents":500})");
    ASSERT_NE(cents, std::string::npos);
    bytes[cents + 9] = '9';
    write_file(segment(), bytes);
    const Outcome outcome = run({"read", store(), "--json"});
    EXPECT_EQ(outcome.exit, 1) << outcome;
    const auto error = parsed(std::string(parsed(outcome.err).raw("error")));
    EXPECT_EQ(text_of(error, "code"), "data_loss");
    for (const char* part : {"seg-00000000000000000000.log", "damaged", "varve verify"}) {
        EXPECT_NE(text_of(error, "message").find(part), std::string::npos) << part << " in " << outcome;
    }
    EXPECT_EQ(outcome.out.find("900"), std::string::npos) << "damaged data is never shown as data";
    fail(1, {"export", store(), path("out.jsonl")}, {"damaged", "varve verify"});
    EXPECT_FALSE(std::filesystem::exists(path("out.jsonl")));
    EXPECT_FALSE(std::filesystem::exists(path("out.jsonl.partial")));
    EXPECT_EQ(read_file(segment()), bytes) << "looking changes nothing";
}

TEST_F(BadInput, ASecondWriterIsToldWhoIsFirst) {
    fill();
    Process writer(varve({"import", store(), "-", "--batch", "1"}));
    writer.write("{\"stream\":\"w\",\"type\":\"T\",\"data\":1}\n{\"stream\":\"w\",\"type\":\"T\",\"data\":2}\n");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (succeed({"read", store(), "-s", "w"}).empty() && std::chrono::steady_clock::now() < deadline) continue;
    fail(1, {"append", store(), "s", "T"},
         {store(), "is held by pid " + std::to_string(writer.id()), "end that one, or wait for it",
          "reading is possible meanwhile"});
    EXPECT_EQ(lines_of(succeed({"read", store(), "-s", "w"})).size(), 2U) << "as the message says";
    fail(1, {"import", store(), "-"}, {store(), std::to_string(writer.id())});
    EXPECT_EQ(writer.wait(), 0) << writer.err();
    succeed({"append", store(), "s", "T"});
    EXPECT_EQ(lines_of(succeed({"read", store()})).size(), 7U);
}

/// A file system of its own, seen by this process and its children only.
class SmallDisk {
public:
    explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
        std::filesystem::create_directory(folder_);
        mounted_ = ::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0 &&
                   ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=12m") == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool mounted() const { return mounted_; }
    [[nodiscard]] bool grow() const { return ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=200m") == 0; }

private:
    std::string folder_;
    bool mounted_ = false;
};

TEST_F(BadInput, AFullDiskLosesNothingAndTheImportResumes) {
    const SmallDisk disk(path("disk"));
    if (!disk.mounted()) GTEST_SKIP() << "needs root, to mount a small disk";
    const std::string full = path("disk/store");
    constexpr std::size_t count = 40000;
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += R"({"stream":"s-)" + std::to_string(i % 10) + R"(","type":"T","data":{"number":)" + std::to_string(i) +
                R"(,"filler":")" + std::string(600, 'x') + "\"}}\n";
    }
    write_file(path("many.jsonl"), text);
    const Outcome stopped = run({"import", full, path("many.jsonl"), "--json", "--no-progress"});
    ASSERT_EQ(stopped.exit, 1) << stopped;
    const auto error = parsed(std::string(parsed(stopped.err).raw("error")));
    const std::uint64_t acknowledged = number_of(parsed(stopped.out), "events");
    const std::uint64_t skip = number_of(parsed(stopped.out), "lines");
    EXPECT_NE(text_of(error, "message").find("--skip-lines " + std::to_string(skip)), std::string::npos) << stopped;
    EXPECT_NE(text_of(error, "message").find("make room"), std::string::npos) << stopped;
    EXPECT_GT(acknowledged, 0U);
    ASSERT_TRUE(disk.grow());
    const auto kept = lines_of(succeed({"read", full, "--json"})).size();
    EXPECT_EQ(kept, acknowledged) << "refused means not stored, acknowledged means stored";
    succeed({"import", full, path("many.jsonl"), "--skip-lines", std::to_string(skip), "--no-progress"});
    const auto events = lines_of(succeed({"read", full, "--json"}));
    ASSERT_EQ(events.size(), count);
    for (std::size_t i = 0; i < count; i += 997) {
        EXPECT_TRUE(parsed(events[i]).raw("data").starts_with("{\"number\":" + std::to_string(i) + ",")) << i;
    }
}

}  // namespace
}  // namespace command
