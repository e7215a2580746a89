/// Where values are written to: JSON text, or CBOR. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "varve/export.hpp"

namespace varve::detail {

/// A text, a number, a list and so on, one after the other. Not a template: what writes a struct is made once for both
/// forms. In src/base/json_writer.cpp and src/base/cbor.cpp.
class VARVE_API ValueOut {
public:
    virtual void null() = 0;
    virtual void boolean(bool value) = 0;
    virtual void signed_integer(std::int64_t value) = 0;
    virtual void unsigned_integer(std::uint64_t value) = 0;
    virtual void floating(double value) = 0;
    /// A float has a shorter text than the double that it is, too.
    virtual void floating(float value) = 0;
    /// False: it is not UTF-8.
    virtual bool text(std::string_view text) = 0;
    /// A text of which nothing needs to be escaped.
    virtual void word(std::string_view word) = 0;
    /// What is JSON already.
    virtual void json(std::string_view text) = 0;

    virtual void begin_array(std::size_t size) = 0;
    /// Before each element.
    virtual void element(std::size_t index) = 0;
    virtual void end_array() = 0;
    virtual void begin_object(std::size_t size) = 0;
    /// Before the value of each member, whose name is a word.
    virtual void member(std::size_t index, std::string_view name) = 0;
    /// The same, whose name is any text. False: it is not UTF-8.
    virtual bool key(std::size_t index, std::string_view name) = 0;
    virtual void end_object() = 0;

protected:
    ~ValueOut() = default;
};

}  // namespace varve::detail
