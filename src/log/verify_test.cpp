/// Damage is told from a torn tail, never cut, and always found.
#include <algorithm>

#include "io/faulty_files.hpp"
#include "log/segment_header.hpp"
#include "log/store_file.hpp"
#include "log/test_support.hpp"
#include "log/verify.hpp"

namespace varve::log {
namespace {

class Damage : public testing::Test {
protected:
    Result<std::shared_ptr<SegmentLog>> open(Position witness = {}) {
        SegmentLogOptions options = options_;
        options.witness = [witness](const std::string&) { return witness; };
        return SegmentLog::open({.files = files_, .clock = clock_, .random = random_, .executor = executor_}, options);
    }
    std::shared_ptr<SegmentLog> store_with(int blocks) {
        const auto log = open();
        EXPECT_TRUE(log.ok()) << log.error();
        for (int i = 0; i < blocks; ++i) EXPECT_TRUE(append(**log, Timestamp(std::chrono::seconds(i)), 1, 4).ok());
        return *log;
    }
    std::uint64_t size_of(const std::string& name) {
        return files_->open(options_.folder / name, io::OpenMode::read).value()->size().value();
    }
    void flip(const std::string& name, std::uint64_t bit) { files_->flip_bit(options_.folder / name, bit); }
    /// Offset of the frame of a block, found by walking the bytes of a store of one segment.
    std::uint64_t offset_of_block(SegmentLog& log, std::uint64_t block) {
        auto blocks = log.read(0);
        std::uint64_t offset = segment_header_bytes;
        for (std::uint64_t i = 0; i < block; ++i) offset += 96 + 8 + (*(*blocks)->next())->payload.size();
        return offset;
    }
    VerifyReport verified() {
        auto report = verify(*files_, options_.folder);
        EXPECT_TRUE(report.ok()) << report.error();
        return report.ok() ? *report : VerifyReport{};
    }

    std::shared_ptr<io::FaultyFiles> files_ = std::make_shared<io::FaultyFiles>(1);
    std::shared_ptr<io::ManualClock> clock_ = std::make_shared<io::ManualClock>();
    std::shared_ptr<io::ManualExecutor> executor_ = std::make_shared<io::ManualExecutor>();
    std::shared_ptr<io::Random> random_ = std::make_shared<io::SeededRandom>(1);
    SegmentLogOptions options_{.folder = "store", .segment_bytes = 8 << 10};
    const std::string first_segment_ = segment_name(Position{0});
};

TEST_F(Damage, a_torn_last_frame_is_cut_and_kept_aside) {
    auto log = store_with(3);
    const std::uint64_t torn = offset_of_block(*log, 2);
    files_->kill();
    flip(first_segment_, 8 * (torn + 200));
    const VerifyReport report = verified();
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].kind, Finding::Kind::torn_tail);
    EXPECT_EQ(report.findings[0].offset, torn);
    EXPECT_EQ(report.findings[0].first, Position{8});

    const auto again = open();
    ASSERT_TRUE(again.ok()) << again.error();
    EXPECT_EQ((*again)->head().next, Position{8});
    EXPECT_EQ((*again)->epoch(), 2U);
    EXPECT_EQ(files_->list("store/quarantine").value().size(), 1U);
    expect_sound(**again);
    EXPECT_TRUE(append(**again, Timestamp(std::chrono::seconds(100))).ok());
    expect_sound(**again);
}

TEST_F(Damage, a_bad_frame_before_a_later_one_is_refused) {
    auto log = store_with(3);
    const std::uint64_t bad = offset_of_block(*log, 1);
    files_->kill();
    flip(first_segment_, 8 * (bad + 150));
    const auto names = files_->list("store").value();
    const auto again = open();
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, Code::data_loss);
    EXPECT_NE(again.error().message.find(first_segment_), std::string::npos) << again.error();
    EXPECT_NE(again.error().message.find("offset " + std::to_string(bad)), std::string::npos) << again.error();
    EXPECT_EQ(files_->list("store").value(), names);

    const VerifyReport report = verified();
    ASSERT_TRUE(report.damaged());
    EXPECT_EQ(report.findings[0].offset, bad);
    EXPECT_GE(report.findings[0].first, Position{4});
    EXPECT_LE(report.findings[0].last, Position{7});
    EXPECT_EQ(report.events, 8U);
}

TEST_F(Damage, a_checkpoint_is_a_witness) {
    auto log = store_with(3);
    const std::uint64_t last = offset_of_block(*log, 2);
    executor_->run_periodic();
    files_->kill();
    flip(first_segment_, 8 * (last + 150));
    EXPECT_EQ(open().error().code, Code::data_loss);
    EXPECT_TRUE(verified().damaged());
}

TEST_F(Damage, the_only_segment_is_missed) {
    store_with(3);
    files_->kill();
    files_->lose(options_.folder / first_segment_);
    EXPECT_EQ(open().error().code, Code::data_loss);
    EXPECT_TRUE(verified().damaged());
}

TEST_F(Damage, a_wrong_footer_of_a_protected_segment_is_no_half_sealed_one) {
    store_with(40);
    executor_->run_periodic();
    files_->kill();
    std::string sealed;
    for (const std::string& name : files_->list("store").value()) {
        if (is_segment_name(name) && files_->is_read_only(options_.folder / name).value()) sealed = name;
    }
    ASSERT_NE(sealed, "");
    flip(sealed, 8 * (size_of(sealed) - 20));
    const auto before = files_->contents();
    const auto again = open();
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, Code::data_loss) << again.error();
    EXPECT_NE(again.error().message.find(sealed), std::string::npos) << again.error();
    EXPECT_EQ(files_->contents(), before);
    EXPECT_TRUE(verified().damaged());
}

TEST_F(Damage, the_index_is_a_witness) {
    auto log = store_with(3);
    const std::uint64_t last = offset_of_block(*log, 2);
    files_->kill();
    flip(first_segment_, 8 * (last + 150));
    EXPECT_EQ(open(Position{12}).error().code, Code::data_loss);
    EXPECT_TRUE(open(Position{8}).ok());
}

TEST_F(Damage, a_reader_tells_which_event_is_damaged) {
    auto log = store_with(3);
    const std::uint64_t bad = offset_of_block(*log, 1);
    flip(first_segment_, 8 * (bad + 180));
    EventReader reader(*log);
    int damaged = 0;
    for (Position position; position < log->head().next; ++position) {
        const auto event = reader.at(position);
        if (event.ok()) continue;
        ++damaged;
        EXPECT_EQ(event.error().code, Code::data_loss);
        EXPECT_NE(event.error().message.find("position " + std::to_string(position.value)), std::string::npos);
    }
    EXPECT_EQ(damaged, 1);
}

TEST_F(Damage, a_missing_file_is_noticed) {
    auto log = store_with(60);
    ASSERT_TRUE(log->close().ok());
    const auto segments = log->segments();
    ASSERT_GE(segments.size(), 3U);
    for (const std::string& name :
         {segments.front().file, segments[1].file, segments.back().file, std::string("STORE")}) {
        ASSERT_TRUE(files_->rename("store/" + name, "elsewhere").ok());
        const auto again = open();
        ASSERT_FALSE(again.ok()) << name;
        EXPECT_EQ(again.error().code, Code::data_loss) << again.error();
        EXPECT_TRUE(verified().damaged()) << name;
        ASSERT_TRUE(files_->rename("elsewhere", "store/" + name).ok());
    }
    EXPECT_FALSE(verified().damaged());
    EXPECT_TRUE(open().ok());
}

TEST_F(Damage, a_stray_file_is_named_and_the_healthy_ones_are_not) {
    auto log = store_with(60);
    ASSERT_TRUE(log->close().ok());
    const auto segments = log->segments();
    ASSERT_GE(segments.size(), 3U);
    const auto copy = [&](const std::string& from, const std::string& to) {
        const auto source = files_->open(from, io::OpenMode::read).value();
        std::string bytes(source->size().value(), '\0');
        ASSERT_TRUE(source->read(0, bytes).ok());
        ASSERT_TRUE(files_->open(to, io::OpenMode::create_new).value()->write(0, bytes).ok());
    };
    options_.folder = "other";
    auto other = store_with(70);
    ASSERT_TRUE(other->close().ok());
    const std::string foreign = other->segments().back().file;
    options_.folder = "store";

    const std::vector<std::pair<std::string, std::string>> strays = {
        {"store/" + segments[0].file, segment_name(segments[1].first + 1)},
        {"store/" + segments[1].file, segment_name(segments.back().next + 1000)},
        {"other/" + foreign, foreign}};
    for (const auto& [from, name] : strays) {
        SCOPED_TRACE(name);
        copy(from, "store/" + name);
        const VerifyReport report = verified();
        ASSERT_EQ(report.findings.size(), 1U);
        EXPECT_EQ(report.findings[0].file, name);
        EXPECT_NE(report.findings[0].what.find("out of the folder"), std::string::npos) << report.findings[0].what;
        EXPECT_EQ(report.events, 240U);
        EXPECT_EQ(report.segments, segments.size());
        const auto refused = open();
        ASSERT_FALSE(refused.ok());
        EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error();
        ASSERT_TRUE(files_->remove("store/" + name).ok());
    }
    EXPECT_TRUE(verified().findings.empty());
    EXPECT_TRUE(open().ok());
}

TEST_F(Damage, a_STORE_older_than_the_segments_is_named) {
    ASSERT_TRUE(store_with(3)->close().ok());
    const auto read_store = [&] {
        std::string bytes(2 * store_slot_bytes, '\0');
        EXPECT_TRUE(files_->open("store/STORE", io::OpenMode::read).value()->read(0, bytes).ok());
        return bytes;
    };
    const std::string older = read_store();
    ASSERT_TRUE(store_with(3)->close().ok());
    const std::string newer = read_store();
    ASSERT_TRUE(verified().findings.empty());
    ASSERT_TRUE(files_->open("store/STORE", io::OpenMode::read_write).value()->write(0, older).ok());
    const VerifyReport report = verified();
    ASSERT_TRUE(report.damaged());
    EXPECT_EQ(report.findings[0].file, "STORE");
    EXPECT_NE(report.findings[0].what.find("older than the segments"), std::string::npos) << report.findings[0].what;
    EXPECT_EQ(open().error().code, Code::data_loss);
    ASSERT_TRUE(files_->open("store/STORE", io::OpenMode::read_write).value()->write(0, newer).ok());
    EXPECT_TRUE(verified().findings.empty());
    EXPECT_TRUE(open().ok());
}

TEST_F(Damage, a_writer_that_begins_while_a_closed_store_is_verified_is_not_taken_for_damage) {
    ASSERT_TRUE(store_with(60)->close().ok());
    std::shared_ptr<SegmentLog> writer;
    // After the first of several segments.
    const Progress begin_to_write = [&](std::uint64_t, std::uint64_t) {
        if (!writer) writer = store_with(3);
    };
    const auto report =
        verify(*files_, options_.folder, {.expect = {}, .watch = {.progress = begin_to_write, .stop = {}}});
    ASSERT_TRUE(report.ok()) << report.error();
    EXPECT_FALSE(report->damaged()) << report->findings[0].what;
    EXPECT_FALSE(verified().damaged());
}

TEST_F(Damage, a_witness_that_cannot_answer_ends_the_opening_before_anything_is_cut) {
    auto log = store_with(3);
    const std::uint64_t torn = offset_of_block(*log, 2);
    files_->kill();
    flip(first_segment_, 8 * (torn + 200));
    SegmentLogOptions options = options_;
    options.witness = [](const std::string&) { return Error{Code::resource_exhausted, "no room to look"}; };
    const auto refused =
        SegmentLog::open({.files = files_, .clock = clock_, .random = random_, .executor = executor_}, options);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::resource_exhausted);
    EXPECT_FALSE(files_->exists("store/quarantine").value());
    EXPECT_EQ(open(Position{12}).error().code, Code::data_loss);
}

TEST_F(Damage, a_file_cut_short_anywhere_is_noticed) {
    auto log = store_with(30);
    ASSERT_TRUE(log->close().ok());
    const auto segments = log->segments();
    ASSERT_GE(segments.size(), 2U);
    for (const SegmentInfo& segment : {segments.front(), segments.back()}) {
        const std::uint64_t size = size_of(segment.file);
        for (std::uint64_t cut = 1; cut < size; cut += 61) {
            auto file = files_->open("store/" + segment.file, io::OpenMode::read).value();
            std::string bytes(size, '\0');
            ASSERT_TRUE(file->read(0, bytes).ok());
            ASSERT_TRUE(files_->rename("store/" + segment.file, "elsewhere").ok());
            auto shorter = files_->open("store/" + segment.file, io::OpenMode::create_new).value();
            ASSERT_TRUE(shorter->write(0, std::string_view(bytes).substr(0, size - cut)).ok());
            EXPECT_FALSE(open().ok()) << segment.file << " without its last " << cut << " bytes";
            EXPECT_TRUE(verified().damaged()) << segment.file << " without its last " << cut << " bytes";
            ASSERT_TRUE(files_->rename("elsewhere", "store/" + segment.file).ok());
        }
    }
}

TEST_F(Damage, every_flipped_bit_is_found) {
    auto log = store_with(25);
    ASSERT_TRUE(log->close().ok());
    ASSERT_GE(log->segments().size(), 2U);
    const Head head = log->head();
    log.reset();
    ASSERT_TRUE(verified().findings.empty());
    for (const std::string& name : files_->list("store").value()) {
        if (name == "LOCK") continue;
        const std::uint64_t bits = 8 * size_of(name);
        // A prime step, so that every bit of a byte has its turn.
        for (std::uint64_t bit = 0; bit < bits; bit += 29) {
            flip(name, bit);
            EXPECT_FALSE(verified().findings.empty()) << name << " bit " << bit;
            flip(name, bit);
        }
    }
    const auto again = open();
    ASSERT_TRUE(again.ok()) << again.error();
    EXPECT_EQ((*again)->head(), head);
}

TEST_F(Damage, a_newer_format_is_refused_by_number) {
    store_with(1).reset();
    std::string slot(store_slot_bytes, '\0');
    auto file = files_->open("store/STORE", io::OpenMode::read_write).value();
    for (std::uint64_t i = 0; i < 2; ++i) {
        ASSERT_TRUE(file->read(i * store_slot_bytes, slot).ok());
        slot[8] = 9;
        const std::uint32_t sum = crc32c(std::string_view(slot).substr(0, store_slot_bytes - 4));
        for (int byte = 0; byte < 4; ++byte)
            slot[store_slot_bytes - 4 + static_cast<std::size_t>(byte)] = static_cast<char>(sum >> (8 * byte));
        ASSERT_TRUE(file->write(i * store_slot_bytes, slot).ok());
    }
    const auto log = open();
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().code, Code::failed_precondition);
    EXPECT_NE(log.error().message.find("format 9"), std::string::npos) << log.error();
    EXPECT_NE(log.error().message.find("up to 1"), std::string::npos) << log.error();
}

}  // namespace
}  // namespace varve::log
