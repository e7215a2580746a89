/// JSON text while it is written.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "varve/detail/value_out.hpp"
#include "varve/json_value.hpp"

namespace varve::detail {

class JsonOut final : public ValueOut {
public:
    /// Appends to `text`.
    explicit JsonOut(std::string& text) : text_(text) {}

    void null() override { text_ += "null"; }
    void boolean(bool value) override { text_ += value ? "true" : "false"; }
    void signed_integer(std::int64_t value) override { number(value); }
    void unsigned_integer(std::uint64_t value) override { number(value); }
    void floating(double value) override { fraction(value); }
    void floating(float value) override { fraction(value); }
    bool text(std::string_view text) override { return append_json_string(text_, text); }
    void word(std::string_view word) override {
        text_ += '"';
        text_ += word;
        text_ += '"';
    }
    void json(std::string_view text) override { text_ += text; }

    void begin_array(std::size_t) override { text_ += '['; }
    void element(std::size_t index) override { separate(index); }
    void end_array() override { text_ += ']'; }
    void begin_object(std::size_t) override { text_ += '{'; }
    void member(std::size_t index, std::string_view name) override {
        // At once: this is what most of a small event is written by.
        const std::size_t before = text_.size();
        text_.resize_and_overwrite(before + name.size() + 4, [&](char* text, std::size_t) {
            char* at = text + before;
            if (index > 0) *at++ = ',';
            *at++ = '"';
            at = std::copy(name.begin(), name.end(), at);
            *at++ = '"';
            *at++ = ':';
            return static_cast<std::size_t>(at - text);
        });
    }
    bool key(std::size_t index, std::string_view name) override {
        separate(index);
        const bool good = JsonOut::text(name);
        text_ += ':';
        return good;
    }
    void end_object() override { text_ += '}'; }

private:
    void separate(std::size_t index) {
        if (index > 0) text_ += ',';
    }
    template <class Number>
    void number(Number number) {
        char text[64];
        text_.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    }

    /// A text without a fraction or an exponent is read as an integer, of which none is -0, or beyond 64 bits. What would
    /// be one of those gets a fraction, so that the same number is read again.
    template <class Number>
    void fraction(Number value) {
        const std::size_t before = text_.size();
        number(value);
        const bool no_integer = value == 0 ? std::signbit(value) : std::abs(value) >= Number{0x1p63};
        if (no_integer && text_.find_first_of(".e", before) == std::string::npos) text_ += ".0";
    }

    std::string& text_;
};

}  // namespace varve::detail
