/// CBOR while it is written. Sizes are known before, and nothing separates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "varve/detail/value_out.hpp"
#include "varve/json_value.hpp"

namespace varve::detail {

class CborOut final : public ValueOut {
public:
    /// Appends to `bytes`.
    explicit CborOut(std::string& bytes) : bytes_(bytes) {}

    void null() override;
    void boolean(bool value) override;
    void signed_integer(std::int64_t value) override;
    void unsigned_integer(std::uint64_t value) override;
    void floating(double value) override;
    void floating(float value) override { floating(static_cast<double>(value)); }
    bool text(std::string_view text) override;
    void word(std::string_view text) override;
    void json(std::string_view text) override;

    void begin_array(std::size_t size) override;
    void element(std::size_t) override {}
    void end_array() override {}
    void begin_object(std::size_t size) override;
    void member(std::size_t, std::string_view name) override { word(name); }
    bool key(std::size_t, std::string_view name) override { return text(name); }
    void end_object() override {}

    void value(JsonValue value);

private:
    std::string& bytes_;
};

}  // namespace varve::detail
