/// Opening to read beside a writer that is busy just then.
#include <functional>

#include "log/segment_header.hpp"
#include "log/test_support.hpp"
#include "simulation/passing.hpp"

namespace varve::simulation {
namespace {

/// After the reader's first look at frames, the writer goes on.
class BusyFiles final : public PassingFiles {
public:
    BusyFiles(std::shared_ptr<io::Files> right, std::function<void()> go_on)
        : PassingFiles(std::move(right)), go_on_(std::move(go_on)) {}

    Result<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override {
        auto file = PassingFiles::open(path, mode);
        if (!file || !log::is_segment_name(path.filename().string())) return file;
        return std::unique_ptr<io::File>(std::make_unique<BusyFile>(*std::move(file), go_on_));
    }

private:
    class BusyFile final : public PassingFile {
    public:
        BusyFile(std::unique_ptr<io::File> right, const std::function<void()>& go_on)
            : PassingFile(std::move(right)), go_on_(go_on) {}
        Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
            auto got = PassingFile::read(offset, into);
            if (into.size() > log::segment_header_bytes) go_on_();
            return got;
        }

    private:
        const std::function<void()>& go_on_;
    };

    const std::function<void()> go_on_;
};

TEST(ReadingBeside, WhatWasWrittenMeanwhileIsNoDamage) {
    const log::SimulatedWorld world;
    const auto writer = log::SegmentLog::open(world.environment(), {.folder = "store"}).value();
    const auto append = [&](int blocks) {
        for (int i = 0; i < blocks; ++i) {
            ASSERT_TRUE(log::append(*writer, Timestamp(), 10, 100).ok());
            world.executor->run_woken();  // zeros ahead: the reader sees a file that is larger than what is in it
        }
    };
    append(8);
    bool busy = true;
    io::Environment beside = world.environment();
    beside.files = std::make_shared<BusyFiles>(world.files, [&] {
        if (std::exchange(busy, false)) append(20);
    });
    const auto reader = log::SegmentLog::open(beside, {.folder = "store", .create = false, .read_only = true});
    ASSERT_TRUE(reader.ok()) << reader.error();
    EXPECT_FALSE(busy) << "nothing was read while the writer went on";
    ASSERT_TRUE((*reader)->refresh().ok());
    EXPECT_EQ((*reader)->head(), writer->head());
    log::expect_sound(**reader);
}

}  // namespace
}  // namespace varve::simulation
