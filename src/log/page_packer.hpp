/// Compresses the frames of a segment page by page as they are written (docs/internals/format.md, "A packed segment").
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/segment_footer.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_CDict_s;

namespace varve::log {

/// The first few MiB are kept until the dictionary is made of them; after that a page is.
class PagePacker {
public:
    explicit PagePacker(std::uint32_t page_bytes);
    PagePacker(const PagePacker&) = delete;
    PagePacker& operator=(const PagePacker&) = delete;
    ~PagePacker();

    /// More of the frames. Pages that are complete are appended to `out`, which is written from the end of the segment's
    /// header on, in order.
    void add(std::string_view frames, std::string& out);
    /// No more comes.
    void finish(std::string& out);
    /// File offset behind the last page; after finish().
    [[nodiscard]] std::uint64_t pages_end() const { return end_; }
    /// What the footer must have for them; after finish().
    [[nodiscard]] std::vector<SegmentFooter::Content> sections() const;

private:
    struct Free {
        void operator()(ZSTD_CCtx_s* context) const;
        void operator()(ZSTD_CDict_s* dictionary) const;
    };

    void make_dictionary();
    void pack(std::string_view page, std::string& out);

    const std::uint32_t page_bytes_;
    std::string waiting_;
    std::string dictionary_;
    std::unique_ptr<ZSTD_CDict_s, Free> made_;  ///< of it
    std::unique_ptr<ZSTD_CCtx_s, Free> context_;
    std::string table_;
    std::uint64_t end_;
};

}  // namespace varve::log
