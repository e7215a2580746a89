#include "log/page_packer.hpp"

#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <new>

#include "log/little_endian.hpp"
#include "log/segment_header.hpp"

namespace varve::log {
namespace {

// What larger and smaller ones give: docs/decisions/0014-packed-segments.md.
constexpr int level = 3;
constexpr std::size_t samples_bytes = 4 << 20;
constexpr std::size_t sample_bytes = 1 << 10;
constexpr std::size_t dictionary_bytes = 32 << 10;
constexpr std::size_t dictionary_part = 32;  // of what it is for, in a small segment

std::size_t rounded_up(std::size_t bytes) {
    return (bytes + page_alignment - 1) / page_alignment * page_alignment;
}

}  // namespace

void PagePacker::Free::operator()(ZSTD_CCtx_s* context) const {
    ZSTD_freeCCtx(context);
}
void PagePacker::Free::operator()(ZSTD_CDict_s* dictionary) const {
    ZSTD_freeCDict(dictionary);
}

PagePacker::PagePacker(std::uint32_t page_bytes)
    : page_bytes_(page_bytes), context_(ZSTD_createCCtx()), end_(segment_header_bytes) {
    if (!context_) throw std::bad_alloc();
}

PagePacker::~PagePacker() = default;

void PagePacker::add(std::string_view frames, std::string& out) {
    waiting_ += frames;
    if (!made_) {
        if (waiting_.size() < samples_bytes) return;
        make_dictionary();
    }
    std::size_t at = 0;
    for (; waiting_.size() - at >= page_bytes_; at += page_bytes_) {
        pack(std::string_view(waiting_).substr(at, page_bytes_), out);
    }
    waiting_.erase(0, at);
}

void PagePacker::finish(std::string& out) {
    if (!made_) make_dictionary();
    add({}, out);
    if (!waiting_.empty()) pack(waiting_, out);
    waiting_.clear();
}

void PagePacker::make_dictionary() {
    const std::vector<std::size_t> samples(waiting_.size() / sample_bytes, sample_bytes);
    dictionary_.resize(std::min(dictionary_bytes, waiting_.size() / dictionary_part));
    const std::size_t bytes = ZDICT_trainFromBuffer(dictionary_.data(), dictionary_.size(), waiting_.data(),
                                                    samples.data(), static_cast<unsigned>(samples.size()));
    // Too few samples, or samples without anything in common: pages then do without.
    dictionary_.resize(ZDICT_isError(bytes) != 0 ? 0 : rounded_up(bytes));
    made_.reset(ZSTD_createCDict(dictionary_.data(), dictionary_.size(), level));
    if (!made_) throw std::bad_alloc();
}

void PagePacker::pack(std::string_view page, std::string& out) {
    const std::size_t begin = out.size();
    out.resize(begin + ZSTD_compressBound(page.size()));
    const std::size_t bytes = ZSTD_compress_usingCDict(context_.get(), out.data() + begin, out.size() - begin,
                                                       page.data(), page.size(), made_.get());
    // Into so much room it fails only for want of memory.
    if (ZSTD_isError(bytes) != 0) throw std::bad_alloc();
    out.resize(begin + bytes);
    out.resize(begin + rounded_up(bytes), '\0');
    end_ += out.size() - begin;
    char entry[page_entry_bytes];
    store(entry, static_cast<std::uint32_t>(end_));
    store(entry + 4, crc32c(std::string_view(out).substr(begin)));
    table_.append(entry, sizeof entry);
}

std::vector<SegmentFooter::Content> PagePacker::sections() const {
    return {{dictionary_section, dictionary_}, {pages_section, table_}};
}

}  // namespace varve::log
