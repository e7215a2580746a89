/// How metadata is written into header fields, and read from them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/metadata.hpp"

namespace varve::net {

/// As on the wire: names in lower case, bytes as base64, values in printable ASCII. Fields that are the protocol's own, and
/// such as no header can carry, are left out.
[[nodiscard]] std::vector<Metadata::Field> to_wire(const Metadata& metadata);

/// Adds a field as it came, or several where the values of a `-bin` name are joined by commas. False: it is no base64.
[[nodiscard]] bool read_field(std::string_view name, std::string_view value, Metadata& into);

}  // namespace varve::net
