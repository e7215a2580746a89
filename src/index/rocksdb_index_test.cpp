#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "index/index.hpp"

namespace varve::index {
namespace {

namespace fs = std::filesystem;

class RocksdbIndexFiles : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "varve-index-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string at(const std::string& name = "index") const { return (folder_ / name).string(); }
    static std::unique_ptr<Index> open(const std::string& folder, bool read_only = false) {
        auto opened = open_rocksdb_index({.folder = folder, .read_only = read_only});
        EXPECT_TRUE(opened) << opened.error();
        return opened ? std::move(*opened) : nullptr;
    }
    /// Appends `count` events to the streams s-0 .. s-9 in turn.
    static void add(Index& index, std::uint64_t count) {
        const Position first = index.watermark().value().next;
        std::vector<std::string> names;
        for (int n = 0; n < 10; ++n) names.push_back("s-" + std::to_string(n));
        std::vector<Entry> entries;
        for (Position at = first; at < first + count; ++at) {
            entries.push_back({.position = at, .revision = Revision{at.value / 10}, .stream = names[at.value % 10]});
        }
        const auto applied =
            index.apply(entries, {.next = first + count, .sequence = 1, .chain = {}, .store_id = "id"});
        ASSERT_TRUE(applied) << applied;
    }
    /// The rows say exactly what the watermark says.
    static void expect_whole(const Index& index) {
        const Position next = index.watermark().value().next;
        std::vector<Position> category;
        ASSERT_TRUE(index.term_positions_from({TermKind::category, "s"}, Position{0}, next.value + 10, category));
        ASSERT_EQ(category.size(), next.value);
        for (std::uint64_t n = 0; n < 10; ++n) {
            std::vector<Position> stream;
            ASSERT_TRUE(index.stream_positions("s-" + std::to_string(n), Revision{0}, next.value, stream));
            ASSERT_EQ(stream.size(), (next.value + 9 - n) / 10);
            for (std::size_t i = 0; i < stream.size(); ++i) ASSERT_EQ(stream[i], Position{10 * i + n});
            const auto head = index.stream("s-" + std::to_string(n)).value();
            ASSERT_EQ(head.has_value(), !stream.empty());
            if (head) {
                EXPECT_EQ(head->last_position, stream.back());
            }
        }
    }

    /// Every file's name, with its size and the time it was last written.
    [[nodiscard]] std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> files() const {
        std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> found;
        for (const auto& entry : fs::directory_iterator(at())) {
            found[entry.path().filename().string()] = {entry.file_size(), entry.last_write_time()};
        }
        return found;
    }

    fs::path folder_;
};

/// A limit of this process, lower as long as this lives.
class Lowered {
public:
    Lowered(__rlimit_resource what, rlim_t most) : what_(what) {
        getrlimit(what_, &before_);
        rlimit now = before_;
        now.rlim_cur = most;
        setrlimit(what_, &now);
    }
    ~Lowered() { setrlimit(what_, &before_); }
    Lowered(const Lowered&) = delete;
    Lowered& operator=(const Lowered&) = delete;

private:
    const __rlimit_resource what_;
    rlimit before_{};
};

// What is written out does not wait in memory for more of its kind: a killed process leaves that much less to be done.
TEST_F(RocksdbIndexFiles, what_is_written_out_reaches_the_disk_by_itself) {
    const auto index = open(at());
    constexpr std::uint64_t batch = 64 << 10;
    for (int n = 0; n < 9; ++n) add(*index, batch);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    Position seen;
    while (seen < Position{8 * batch} && std::chrono::steady_clock::now() < deadline) {
        const auto beside = open(at(), true);
        seen = beside->watermark().value().next;
        expect_whole(*beside);
    }
    EXPECT_EQ(seen, Position{8 * batch});
}

// Many files, each with a filter of its own: what a filter keeps from being looked into must really hold nothing.
TEST_F(RocksdbIndexFiles, terms_are_found_in_whichever_file_they_lie) {
    const auto index = open(at());
    std::map<std::string, std::vector<Position>> expected;
    Position next;
    std::uint64_t state = 7;
    const auto below = [&state](std::uint64_t n) {
        return (state = state * 6364136223846793005U + 1442695040888963407U) / (1ULL << 33) % n;
    };
    for (int file = 0; file < 12; ++file) {
        std::vector<std::string> packed;
        for (int n = 0; n < 900; ++n) {
            const std::string tag = "t" + std::to_string(below(40) * below(40));
            packed.push_back(std::string(1, static_cast<char>(tag.size())) + tag);
            expected[tag].push_back(next + static_cast<std::uint64_t>(n));
        }
        std::vector<Entry> entries;
        for (const std::string& tags : packed) {
            entries.push_back(
                {.position = next, .revision = Revision{next.value}, .stream = "s-1", .type = "T", .tags = Tags(tags)});
            ++next;
        }
        ASSERT_TRUE(index->apply(entries, {.next = next, .sequence = 1, .chain = {}, .store_id = "id"}));
        ASSERT_TRUE(index->flush());
    }
    for (int number = 0; number < 1600; ++number) {
        const std::string tag = "t" + std::to_string(number);
        const std::vector<Position>& all = expected[tag];
        const Position place{below(next.value + 5)};
        std::vector<Position> up(std::lower_bound(all.begin(), all.end(), place), all.end());
        std::vector<Position> down(all.begin(), std::upper_bound(all.begin(), all.end(), place));
        std::reverse(down.begin(), down.end());
        std::vector<Position> found;
        ASSERT_TRUE(index->term_positions_from({TermKind::tag, tag}, place, 10'000, found));
        EXPECT_EQ(found, up) << tag << " from " << place;
        found.clear();
        ASSERT_TRUE(index->term_positions_until({TermKind::tag, tag}, place, 10'000, found));
        EXPECT_EQ(found, down) << tag << " until " << place;
    }
}

TEST_F(RocksdbIndexFiles, keeps_everything_over_a_clean_close) {
    for (int time = 0; time < 3; ++time) {
        const auto index = open(at());
        EXPECT_EQ(index->watermark().value().next, Position{static_cast<std::uint64_t>(time) * 1000});
        add(*index, 1000);
        ASSERT_TRUE(index->flush());
    }
    const auto index = open(at());
    EXPECT_EQ(index->watermark().value(),
              (Watermark{.next = Position{3000}, .sequence = 1, .chain = {}, .store_id = "id"}));
    expect_whole(*index);
}

// A copy of the folder is what a killed process leaves behind.
TEST_F(RocksdbIndexFiles, a_kill_leaves_rows_and_watermark_in_step) {
    const auto index = open(at());
    add(*index, 500);
    ASSERT_TRUE(index->flush());
    add(*index, 700);
    fs::copy(at(), at("killed"), fs::copy_options::recursive);
    const auto after = open(at("killed"));
    EXPECT_EQ(after->watermark().value().next, Position{500});
    expect_whole(*after);
    add(*after, 800);
    expect_whole(*after);
}

// 60 batches of 20,000 events overflow the write buffer several times: whatever has reached the disk, whenever.
TEST_F(RocksdbIndexFiles, a_kill_between_its_own_flushes_leaves_rows_and_watermark_in_step) {
    const auto index = open(at());
    std::uint64_t seen = 0;
    for (int copy = 0; copy < 6; ++copy) {
        for (int batch = 0; batch < 10; ++batch) add(*index, 20'000);
        const std::string name = at("killed" + std::to_string(copy));
        // A flush or compaction may be under way: then this copy is no picture of one moment.
        std::error_code torn;
        fs::copy(at(), name, fs::copy_options::recursive, torn);
        if (torn) continue;
        const auto after = open_rocksdb_index({.folder = name});
        if (!after) continue;
        seen = std::max(seen, (*after)->watermark().value().next.value);
        expect_whole(**after);
    }
    EXPECT_LE(seen, 1'200'000U);
}

TEST_F(RocksdbIndexFiles, a_reader_beside_the_writer_keeps_its_view) {
    const auto writer = open(at());
    add(*writer, 1000);
    ASSERT_TRUE(writer->flush());
    const auto reader = open(at(), true);
    for (int time = 0; time < 5; ++time) {
        add(*writer, 5000);
        ASSERT_TRUE(writer->flush());
    }
    EXPECT_EQ(reader->watermark().value().next, Position{1000});
    expect_whole(*reader);
    EXPECT_FALSE(reader->apply({}, {.next = Position{1000}, .sequence = 1, .chain = {}, .store_id = "id"}));
    expect_whole(*open(at(), true));
}

TEST_F(RocksdbIndexFiles, reads_run_beside_apply) {
    const auto index = open(at());
    std::atomic<bool> done = false;
    std::thread writer([&] {
        for (int batch = 0; batch < 200; ++batch) add(*index, 100);
        done = true;
    });
    while (!done) {
        const Position next = index->watermark().value().next;
        std::vector<Position> stream;
        ASSERT_TRUE(index->stream_positions("s-0", Revision{0}, next.value + 1, stream));
        ASSERT_GE(stream.size(), next.value / 10);
        for (std::size_t i = 0; i < stream.size(); ++i) ASSERT_EQ(stream[i], Position{10 * i});
    }
    writer.join();
    expect_whole(*index);
}

TEST_F(RocksdbIndexFiles, a_missing_index_is_made_or_for_a_reader_not_found) {
    EXPECT_EQ(open_rocksdb_index({.folder = at(), .read_only = true}).error().code, Code::not_found);
    EXPECT_FALSE(fs::exists(at()));
    EXPECT_NE(open(at()), nullptr);
}

TEST_F(RocksdbIndexFiles, a_damaged_index_is_data_loss_and_can_be_destroyed) {
    {
        const auto index = open(at());
        add(*index, 1000);
        ASSERT_TRUE(index->flush());
    }
    std::size_t manifests = 0;
    for (const auto& entry : fs::directory_iterator(at())) {
        if (!entry.path().filename().string().starts_with("MANIFEST")) continue;
        ++manifests;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
        file << "damage";
    }
    ASSERT_EQ(manifests, 1U);
    const auto refused = open_rocksdb_index({.folder = at()});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::data_loss) << refused.error();
    EXPECT_NE(refused.error().message.find(at()), std::string::npos) << refused.error();

    ASSERT_TRUE(destroy_rocksdb_index(at()));
    EXPECT_FALSE(fs::exists(at()));
    const auto fresh = open(at());
    EXPECT_EQ(fresh->watermark().value(), Watermark{});
}

TEST_F(RocksdbIndexFiles, a_missing_table_is_data_loss) {
    {
        const auto index = open(at());
        add(*index, 1000);
        ASSERT_TRUE(index->flush());
    }
    for (const auto& entry : fs::directory_iterator(at())) {
        if (entry.path().extension() == ".sst") fs::remove(entry.path());
    }
    EXPECT_EQ(open_rocksdb_index({.folder = at()}).error().code, Code::data_loss);
}

TEST_F(RocksdbIndexFiles, a_flipped_bit_in_a_table_is_never_an_answer) {
    {
        const auto index = open(at());
        add(*index, 1000);
        ASSERT_TRUE(index->flush());
    }
    for (const auto& entry : fs::directory_iterator(at())) {
        if (entry.path().extension() != ".sst") continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100);
        file.put('\x5a');
    }
    const auto opened = open_rocksdb_index({.folder = at()});
    if (!opened) {
        EXPECT_EQ(opened.error().code, Code::data_loss);
        return;
    }
    std::vector<Position> into;
    const auto read = (*opened)->term_positions_from({TermKind::category, "s"}, Position{0}, 2000, into);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::data_loss);
}

TEST_F(RocksdbIndexFiles, a_reader_changes_no_file) {
    {
        const auto index = open(at());
        add(*index, 1000);
        ASSERT_TRUE(index->flush());
    }
    const auto before = files();
    for (int time = 0; time < 2; ++time) expect_whole(*open(at(), true));
    EXPECT_EQ(files(), before);
}

// A file that may not grow is what a full disk is to RocksDB, also to its assertions.
TEST_F(RocksdbIndexFiles, without_room_it_says_so_and_goes_on_when_there_is_some) {
    std::signal(SIGXFSZ, SIG_IGN);
    {
        const Lowered files_of(RLIMIT_FSIZE, 0);
        const auto refused = open_rocksdb_index({.folder = at("new")});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Code::resource_exhausted) << refused.error();
    }
    const auto index = open(at());
    add(*index, 1000);
    {
        const Lowered files_of(RLIMIT_FSIZE, 0);
        EXPECT_EQ(index->flush().error().code, Code::resource_exhausted);
        expect_whole(*index);
    }
    EXPECT_NE(open(at("new")), nullptr);
}

TEST_F(RocksdbIndexFiles, too_few_open_files_say_nothing_against_the_index) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the undefined-behaviour sanitizer looks at objects through a pipe, and takes them for broken when "
                    "it cannot have one";
#endif
    {
        const auto index = open(at());
        add(*index, 1000);
        ASSERT_TRUE(index->flush());
    }
    const int lowest = ::open("/dev/null", O_RDONLY);
    ASSERT_GE(lowest, 0);
    ::close(lowest);
    for (const bool read_only : {false, true}) {
        int refusals = 0;
        for (int more = 0;; ++more) {
            ASSERT_LT(more, 100);
            const Lowered files_of(RLIMIT_NOFILE, static_cast<rlim_t>(lowest + more));
            const auto opened = open_rocksdb_index({.folder = at(), .read_only = read_only});
            if (opened) break;
            ++refusals;
            EXPECT_EQ(opened.error().code, Code::unavailable) << more << ": " << opened.error();
        }
        EXPECT_GT(refusals, 1);
    }
    expect_whole(*open(at()));
}

TEST_F(RocksdbIndexFiles, a_second_opening_is_refused_without_calling_it_damage) {
    const auto first = open(at());
    const auto second = open_rocksdb_index({.folder = at()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::failed_precondition) << second.error();
}

}  // namespace
}  // namespace varve::index
