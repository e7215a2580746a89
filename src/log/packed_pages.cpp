#include "log/packed_pages.hpp"

#include <zstd.h>

#include <algorithm>
#include <new>

#include "log/little_endian.hpp"

namespace varve::log {
namespace {

std::uint64_t pages_in(const SegmentHeader& header, const SegmentFooter& footer) {
    return (footer.frames_end - segment_header_bytes + header.page_bytes - 1) / header.page_bytes;
}

std::string_view bytes_of(const FooterSection& section, const char* view) {
    return {view + section.offset, section.bytes};
}

/// It is large, and remembers nothing from one page to the next: one serves all that a thread reads.
ZSTD_DCtx* context_of_this_thread() {
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    static thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    if (!context) throw std::bad_alloc();
    return context.get();
}

}  // namespace

bool PackedPages::fit(const SegmentHeader& header, const SegmentFooter& footer) {
    const FooterSection* table = footer.section(pages_section);
    const FooterSection* dictionary = footer.section(dictionary_section);
    return header.packed() && footer.pages_end != 0 && table != nullptr && dictionary != nullptr &&
           table->bytes == page_entry_bytes * pages_in(header, footer) && dictionary->bytes <= dictionary_bytes_max;
}

PackedPages::PackedPages(io::File& file, const SegmentHeader& header, const SegmentFooter& footer)
    : salt_(header.salt),
      page_bytes_(header.page_bytes),
      frames_end_(footer.frames_end),
      pages_end_(footer.pages_end),
      file_(&file) {}

PackedPages::PackedPages(io::File& file, const char* view, const SegmentHeader& header, const SegmentFooter& footer)
    : PackedPages(file, header, footer) {
    view_ = view;
    table_ = bytes_of(*footer.section(pages_section), view);
    dictionary_bytes_ = bytes_of(*footer.section(dictionary_section), view);
}

Result<std::shared_ptr<const PackedPages>> PackedPages::in(io::File& file, const SegmentHeader& header,
                                                           const SegmentFooter& footer) {
    if (!fit(header, footer)) {
        return Error{.code = Code::data_loss,
                     .message =
                         "the footer of a packed segment lacks what is needed to unpack it; restore the file "
                         "from a backup"};
    }
    std::shared_ptr<PackedPages> pages(new PackedPages(file, header, footer));
    const FooterSection& table = *footer.section(pages_section);
    const FooterSection& dictionary = *footer.section(dictionary_section);
    pages->sections_.resize(table.bytes + dictionary.bytes);
    const std::span<char> sections(pages->sections_);
    // What is cut off stays zero, and leads nowhere.
    if (auto got = file.read(table.offset, sections.first(table.bytes)); !got) return got.error();
    if (auto got = file.read(dictionary.offset, sections.subspan(table.bytes)); !got) return got.error();
    pages->table_ = std::string_view(pages->sections_).substr(0, table.bytes);
    pages->dictionary_bytes_ = std::string_view(pages->sections_).substr(table.bytes);
    return std::shared_ptr<const PackedPages>(std::move(pages));
}

PackedPages::~PackedPages() {
    ZSTD_freeDDict(dictionary_);
}

PackedPages::Place PackedPages::place(std::uint64_t page) const {
    const char* entry = table_.data() + page_entry_bytes * page;
    const std::uint64_t begin = page == 0 ? segment_header_bytes : load<std::uint32_t>(entry - page_entry_bytes);
    const std::uint64_t end = load<std::uint32_t>(entry);
    if (begin < segment_header_bytes || end <= begin || end > pages_end_ ||
        end - begin > ZSTD_compressBound(page_bytes_) + page_alignment) {
        return {};
    }
    return {
        .offset = begin, .bytes = static_cast<std::uint32_t>(end - begin), .checksum = load<std::uint32_t>(entry + 4)};
}

const ZSTD_DDict_s* PackedPages::dictionary() const {
    std::call_once(dictionary_once_,
                   [this] { dictionary_ = ZSTD_createDDict(dictionary_bytes_.data(), dictionary_bytes_.size()); });
    return dictionary_;
}

Result<std::string_view> PageWindow::at(const PackedPages& pages, std::uint64_t offset, std::uint64_t wanted) {
    if (offset < segment_header_bytes || offset >= pages.frames_end()) return std::string_view();
    const std::uint64_t end = std::min(pages.frames_end(), offset + std::max<std::uint64_t>(wanted, 1));
    const std::uint64_t first = (offset - segment_header_bytes) / pages.page_bytes();
    const std::uint64_t last = (end - 1 - segment_header_bytes) / pages.page_bytes();
    const bool has_first = pages_ > 0 && of_ == pages.id() && first >= first_ && first < first_ + pages_;
    if (!has_first || last >= first_ + pages_) {
        const std::uint64_t passed = has_first ? first - first_ : pages_;
        bytes_.erase(0, has_first ? passed * pages.page_bytes() : bytes_.size());
        pages_ -= passed;
        first_ = first;
        if (of_ != pages.id()) ahead_.forget();
        of_ = pages.id();
        while (first_ + pages_ <= last) {
            if (auto appended = append(pages, first_ + pages_); !appended) return appended.error();
        }
    }
    return std::string_view(bytes_).substr(offset - segment_header_bytes - first_ * pages.page_bytes());
}

Result<> PageWindow::append(const PackedPages& pages, std::uint64_t page) {
    const std::uint64_t begin = segment_header_bytes + page * pages.page_bytes();
    const std::size_t bytes = std::min(pages.page_bytes(), pages.frames_end() - begin);
    const PackedPages::Place place = pages.place(page);
    std::string_view packed;
    if (pages.view_ != nullptr) {
        ahead_.come_to(*pages.file_, place.offset, pages.pages_end_);
        packed = {pages.view_ + place.offset, place.bytes};
    } else {
        packed_.resize(place.bytes);
        const auto got = pages.file_->read(place.offset, packed_);
        if (!got) return got.error();
        packed = std::string_view(packed_).substr(0, *got);
    }
    const std::size_t at = bytes_.size();
    bytes_.resize(at + bytes);
    ++pages_;
    if (!unpack(pages, place, packed, bytes_.data() + at, bytes)) std::fill_n(bytes_.data() + at, bytes, '\0');
    return {};
}

bool PageWindow::unpack(const PackedPages& pages, const PackedPages::Place& place, std::string_view packed, char* into,
                        std::size_t bytes) {
    if (place.bytes == 0 || packed.size() != place.bytes || crc32c(packed) != place.checksum) return false;
    const ZSTD_DDict_s* dictionary = pages.dictionary();
    ZSTD_DCtx* const context = context_of_this_thread();
    // What follows the compressed frame fills up the page's last word.
    const std::size_t frame = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
    return dictionary != nullptr && ZSTD_isError(frame) == 0 &&
           ZSTD_decompress_usingDDict(context, into, bytes, packed.data(), frame, dictionary) == bytes;
}

}  // namespace varve::log
