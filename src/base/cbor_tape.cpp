#include "base/cbor_tape.hpp"

#include <cbor.h>
#include <simdjson.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "varve/json_value.hpp"

namespace varve {

namespace {

/// Writes what simdjson calls a tape: a word for each value, its kind in the top byte, a second one for numbers; texts lie
/// apart, behind their length. An array or object begins with its count and where it ends, and ends with where it begins.
class Tape {
public:
    Tape(std::uint64_t* words, std::uint8_t* texts) : words_(words), texts_(texts) {}

    void word(char kind, std::uint64_t payload = 0) {
        words_[size_++] = std::uint64_t{static_cast<unsigned char>(kind)} << 56 | payload;
    }
    void number(char kind, std::uint64_t bits) {
        word(kind);
        words_[size_++] = bits;
    }
    void text(std::string_view text) {
        word('"', texts_size_);
        const auto length = static_cast<std::uint32_t>(text.size());
        std::memcpy(texts_ + texts_size_, &length, sizeof length);
        texts_size_ += sizeof length;
        if (!text.empty()) std::memcpy(texts_ + texts_size_, text.data(), text.size());
        texts_size_ += text.size();
        texts_[texts_size_++] = 0;
    }
    void close(std::size_t begun, char kind, char end, std::uint64_t count) {
        static constexpr std::uint64_t count_max = 0xFFFFFF;
        word(end, begun);
        const std::size_t here = size_;
        size_ = begun;
        word(kind, std::min(count, count_max) << 32 | here);
        size_ = here;
    }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    std::uint64_t* words_;
    std::uint8_t* texts_;
    std::size_t size_ = 0, texts_size_ = 0;
};

/// Takes the items as the library meets them.
class Builder {
public:
    explicit Builder(Tape tape) : tape_(tape) { tape_.word('r'); }

    /// The reason of a failure, or nothing.
    std::string_view read(std::string_view bytes) {
        while (trouble_.empty() && !done_) {
            left_ = bytes.size();
            const cbor_decoder_result result =
                cbor_stream_decode(reinterpret_cast<cbor_data>(bytes.data()), bytes.size(), &callbacks, this);
            if (result.status == CBOR_DECODER_NEDATA) return "it ends in the middle";
            if (result.status != CBOR_DECODER_FINISHED) return "a byte begins no item";
            bytes.remove_prefix(result.read);
        }
        if (!trouble_.empty()) return trouble_;
        if (!bytes.empty()) return "something stands behind its end";
        tape_.close(0, 'r', 'r', 0);
        return {};
    }

private:
    static constexpr std::uint64_t until_break = ~std::uint64_t{0};
    struct Level {
        std::size_t begun;
        std::uint64_t left;  ///< items, or until_break
        std::uint64_t count = 0;
        bool map;
        bool at_name;
    };

    void fail(std::string_view trouble) {
        if (trouble_.empty()) trouble_ = trouble;
    }
    [[nodiscard]] bool name_expected() const {
        return depth_ > 0 && levels_[depth_ - 1].map && levels_[depth_ - 1].at_name;
    }
    /// Whether a value that is no text may stand here.
    [[nodiscard]] bool may_stand() {
        if (name_expected()) fail("a member's name is no text");
        return trouble_.empty();
    }

    void integer(std::uint64_t value) {
        if (!may_stand()) return;
        tape_.number(value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()} ? 'l' : 'u', value);
        complete();
    }
    /// -1 - value
    void negative(std::uint64_t value) {
        if (value > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) fail("an integer needs more than 64 bits");
        if (!may_stand()) return;
        tape_.number('l', ~value);
        complete();
    }
    void floating(double value) {
        if (!std::isfinite(value)) fail("a number is not finite");
        if (!may_stand()) return;
        tape_.number('d', std::bit_cast<std::uint64_t>(value));
        complete();
    }
    void atom(char kind) {
        if (!may_stand()) return;
        tape_.word(kind);
        complete();
    }
    void text(std::string_view text) {
        if (!simdjson::validate_utf8(text.data(), text.size())) return fail("a text is not UTF-8");
        tape_.text(text);
        complete();
    }
    void begin(bool map, std::uint64_t items) {
        if (items != until_break && items > left_) return fail("it ends in the middle");
        if (depth_ == json_depth_max) return fail("it is nested more than 128 deep");
        if (!may_stand()) return;
        levels_[depth_++] = {tape_.size(), map && items != until_break ? 2 * items : items, 0, map, map};
        tape_.word(map ? '{' : '[');
        if (items == 0) end();
    }
    void end() {
        const Level& level = levels_[--depth_];
        tape_.close(level.begun, level.map ? '{' : '[', level.map ? '}' : ']', level.count);
        complete();
    }
    void end_by_break() {
        if (depth_ == 0 || levels_[depth_ - 1].left != until_break) return fail("an end belongs to no beginning");
        if (levels_[depth_ - 1].map && !name_expected()) return fail("a member has no value");
        end();
    }
    /// A value has been written: it may have been the last one of what is around it.
    void complete() {
        if (depth_ == 0) {
            done_ = true;
            return;
        }
        Level& level = levels_[depth_ - 1];
        if (!level.map || !level.at_name) ++level.count;
        if (level.map) level.at_name = !level.at_name;
        if (level.left == until_break) return;
        --level.left;
        if (level.left == 0) end();
    }

    static Builder& of(void* context) { return *static_cast<Builder*>(context); }
    static const cbor_callbacks callbacks;

    Tape tape_;
    std::array<Level, json_depth_max> levels_;
    std::size_t depth_ = 0;
    std::size_t left_ = 0;  ///< bytes, with the item that is being read
    std::string_view trouble_;
    bool done_ = false;
};

constexpr std::string_view no_bytes = "bytes have no JSON form";
constexpr std::string_view no_pieces = "a text comes in pieces";

const cbor_callbacks Builder::callbacks{
    .uint8 = [](void* builder, std::uint8_t value) { of(builder).integer(value); },
    .uint16 = [](void* builder, std::uint16_t value) { of(builder).integer(value); },
    .uint32 = [](void* builder, std::uint32_t value) { of(builder).integer(value); },
    .uint64 = [](void* builder, std::uint64_t value) { of(builder).integer(value); },
    .negint64 = [](void* builder, std::uint64_t value) { of(builder).negative(value); },
    .negint32 = [](void* builder, std::uint32_t value) { of(builder).negative(value); },
    .negint16 = [](void* builder, std::uint16_t value) { of(builder).negative(value); },
    .negint8 = [](void* builder, std::uint8_t value) { of(builder).negative(value); },
    .byte_string_start = [](void* builder) { of(builder).fail(no_bytes); },
    .byte_string = [](void* builder, cbor_data, std::size_t) { of(builder).fail(no_bytes); },
    .string = [](void* builder, cbor_data data,
                 std::size_t size) { of(builder).text({reinterpret_cast<const char*>(data), size}); },
    .string_start = [](void* builder) { of(builder).fail(no_pieces); },
    .indef_array_start = [](void* builder) { of(builder).begin(false, until_break); },
    .array_start = [](void* builder, std::size_t size) { of(builder).begin(false, size); },
    .indef_map_start = [](void* builder) { of(builder).begin(true, until_break); },
    .map_start = [](void* builder, std::size_t size) { of(builder).begin(true, size); },
    .tag = [](void* builder, std::uint64_t) { of(builder).fail("a tag has no JSON form"); },
    .float2 = [](void* builder, float value) { of(builder).floating(value); },
    .float4 = [](void* builder, float value) { of(builder).floating(value); },
    .float8 = [](void* builder, double value) { of(builder).floating(value); },
    .undefined = [](void* builder) { of(builder).fail("an undefined value has no JSON form"); },
    .null = [](void* builder) { of(builder).atom('n'); },
    .boolean = [](void* builder, bool value) { of(builder).atom(value ? 't' : 'f'); },
    .indef_break = [](void* builder) { of(builder).end_by_break(); },
};

}  // namespace

std::string_view read_cbor(std::string_view bytes, simdjson::dom::document& into, std::size_t& room) {
    if (bytes.size() > json_bytes_max) return "it is larger than 64 MiB";
    if (room < bytes.size() || room == 0) {
        const std::size_t wanted = std::bit_ceil(std::max<std::size_t>(bytes.size(), 1024));
        // A byte begins at most one item: two words, or a text's length and end. Pages that nobody writes cost nothing.
        into.tape.reset(new std::uint64_t[2 * wanted + 2]);
        into.string_buf.reset(new std::uint8_t[5 * wanted]);
        room = wanted;
    }
    return Builder(Tape(into.tape.get(), into.string_buf.get())).read(bytes);
}

}  // namespace varve
