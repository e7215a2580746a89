/// The headers and trailers of a call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace varve::net {

/// In the order in which they came; names in lower case. Of a name that ends in `-bin` the value is bytes, which are base64 on
/// the wire.
class Metadata {
public:
    using Field = std::pair<std::string, std::string>;

    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// The first of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        for (const auto& [its_name, value] : fields_)
            if (its_name == name) return value;
        return {};
    }
    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

private:
    std::vector<Field> fields_;
};

}  // namespace varve::net
