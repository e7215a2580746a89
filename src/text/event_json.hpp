/// Events as JSON Lines: the one shape that `read --json`, `tail --json` and `export` write and that `import` and
/// `append --lines` read (docs/cli.md, "The shape of an event").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "varve/event.hpp"
#include "varve/result.hpp"

namespace varve::text {

/// Does the content type promise JSON? `application/json`, also with parameters, and `.../...+json`.
[[nodiscard]] bool is_json(std::string_view content_type);

/// `application/cbor`: the same values in fewer bytes.
[[nodiscard]] bool is_cbor(std::string_view content_type);

/// Data as JSON, where it is JSON by its content type, or CBOR that can be read as such; else nothing.
[[nodiscard]] std::optional<std::string> data_as_json(std::string_view data, std::string_view content_type);

/// Appends {"position":..,"revision":..,"id":..,"created":..,"stream":..,"type":..,"contentType":..,"data":..,
/// "metadata":..,"tags":[..]} on one line, without a line break. Data that is JSON (by content type and in truth)
/// stands as a JSON value, its bytes unchanged except that line breaks between tokens become spaces; CBOR as the same
/// value, where its bytes are those that import makes of it; all other data as {"base64":"..."}. So does metadata, which is null when empty.
void append_event_json(std::string& into, const Event& event);

/// What a line may leave out.
struct LineDefaults {
    std::string stream;  ///< empty: the line must name its stream
    std::string type;    ///< empty: the line must name its type
};

/// Reads such a line. `position`, `revision` and `created` are ignored; `metadata`, `tags`, `id` and
/// `contentType` may be missing. With `application/cbor`, JSON `data` becomes CBOR; with any other that is not JSON, it is {"base64":"..."} or a string
/// (its text). `invalid_argument` says what is wrong, without the place; limits are not looked at.
[[nodiscard]] Result<NewEvent> parse_event_line(std::string_view line, const LineDefaults& defaults = {});

}  // namespace varve::text
