/// Turns bytes of a file into fields with names and meanings (docs/internals/format.md).
#pragma once

#include <string>
#include <string_view>

#include "log/frame.hpp"
#include "log/little_endian.hpp"
#include "varve/inspect.hpp"

namespace varve::upkeep {

/// `0a 00 ff`, at most 16 bytes and then an ellipsis.
[[nodiscard]] std::string hex_of(std::string_view bytes);
/// The bytes as text for a person: as they are when they are printable, otherwise `N bytes`; shortened.
[[nodiscard]] std::string text_of(std::string_view bytes);

/// Notes the fields of one part after another. The bytes given must be there.
class Annotator {
public:
    explicit Annotator(Explanation& into) : into_(into) {}

    /// From now on the bytes of this part, which begin at `offset` of the file.
    void begin(std::string part, std::uint64_t offset, std::string_view bytes);

    ExplainedBytes& field(std::size_t at, std::size_t bytes, std::string name, std::string meaning);
    /// A number; its meaning is itself and what is added.
    template <class T>
    T number(std::size_t at, std::string name, std::string_view unit = {}) {
        const T value = log::load<T>(bytes_.data() + at);
        field(at, sizeof(T), std::move(name), std::to_string(value) + (unit.empty() ? "" : " ") + std::string(unit));
        return value;
    }
    void time(std::size_t at, std::string name);
    void text(std::size_t at, std::size_t bytes, std::string name);
    /// Says that the field last noted is wrong.
    void wrong(std::string why);

    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    Explanation& into_;
    std::string part_;
    std::uint64_t offset_ = 0;
    std::string_view bytes_;
};

void annotate_segment_header(Annotator& annotator);
void annotate_frame_header(Annotator& annotator, log::FrameForm form);
void annotate_commit(Annotator& annotator);
/// `position`: of the event that the record should be.
void annotate_record(Annotator& annotator, Position position);

}  // namespace varve::upkeep
