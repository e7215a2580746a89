/// CBOR while it is written. Inside of varve/codec.hpp; not meant to be included by applications.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "varve/export.hpp"
#include "varve/json_value.hpp"

namespace varve::detail {

/// What JsonOut is for text (varve/detail/json_write.hpp), for bytes. Sizes are known before, and nothing separates.
class VARVE_API CborOut {
public:
    /// Appends to `bytes`.
    explicit CborOut(std::string& bytes) : bytes_(bytes) {}

    void null();
    void boolean(bool value);
    template <std::integral T>
    void integer(T value) {
        if constexpr (std::is_signed_v<T>) {
            signed_integer(value);
        } else {
            unsigned_integer(value);
        }
    }
    void floating(double value);
    bool text(std::string_view text);
    void word(std::string_view text);

    void begin_array(std::size_t size);
    void end_array() {}
    void begin_object(std::size_t size);
    void end_object() {}
    void separate(std::size_t) {}
    void member(std::string_view name) { word(name); }
    bool key(std::string_view name) { return text(name); }

    /// Something that is written as JSON.
    template <class F>
    bool splice(F&& write) {
        std::string text;
        if (!write(text)) return false;
        json(text);
        return true;
    }
    void value(JsonValue value);

private:
    void unsigned_integer(std::uint64_t value);
    void signed_integer(std::int64_t value);
    void json(std::string_view text);

    std::string& bytes_;
};

}  // namespace varve::detail
