/// What reading and writing JSON keep out of sight: the borrowed parser, and what went wrong on which path.
/// Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "varve/detail/seal.hpp"
#include "varve/export.hpp"
#include "varve/json_value.hpp"
#include "varve/result.hpp"

namespace varve {

/// Parses a text with the thread's parser, or reads CBOR in its place, and lends the tree: values are valid as long as
/// this reader. Readers may be nested in one thread.
class VARVE_API JsonReader {
public:
    explicit JsonReader(std::string_view text, Format format = Format::json);
    ~JsonReader();
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;

    [[nodiscard]] bool ok() const { return reason_.empty(); }
    [[nodiscard]] JsonValue root() const;  ///< requires ok()
    [[nodiscard]] Error error() const;     ///< requires !ok()

private:
    friend Result<JsonDocument> parse_json(std::string_view text);
    struct Parser;
    std::unique_ptr<Parser> parser_;
    std::string_view reason_;
    Format format_;
};

/// Collects the first thing that went wrong and, on the way out, where: innermost first. Costs nothing when nothing
/// does. All answer false, so that a reader can `return trouble.say(...)`.
class VARVE_API JsonTrouble {
public:
    bool say(std::string what);
    /// The same, with the code and reason of this error.
    bool say(Error why);
    /// Where a Level is too deep.
    bool say_too_deep();
    /// `expected an integer, found a string`
    bool expected(std::string_view what, JsonValue found);
    /// `expected one of red, green, found 'blue'` and the like: the value itself is shown, cut when long.
    bool expected_text(std::string_view what, std::string_view found);
    bool in_field(std::string_view name);
    bool in_element(std::size_t index);
    bool in_key(std::string_view key);

    /// One array or object more around what is written, for as long as this lives.
    class Level {
    public:
        explicit Level(JsonTrouble& trouble) : trouble_(trouble) { ++trouble_.depth_; }
        ~Level() { --trouble_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        [[nodiscard]] bool too_deep() const { return trouble_.depth_ > json_depth_max; }

    private:
        JsonTrouble& trouble_;
    };

    /// How many more arrays and objects may be within one another here.
    [[nodiscard]] std::size_t room() const { return json_depth_max - depth_; }

    /// For personal values, made when the first one asks.
    [[nodiscard]] detail::PersonalPlaces& places() {
        if (!places_) places_ = std::make_unique<detail::PersonalPlaces>();
        return *places_;
    }
    /// nullptr: no personal value is expected.
    [[nodiscard]] detail::PersonalPlaces* personal() const { return places_.get(); }

    /// `OrderPlaced.lines[1].qty: expected an integer, found a string`
    [[nodiscard]] Error error(std::string_view root) const;

private:
    std::string path_;
    std::string what_;
    std::size_t depth_ = 0;
    std::unique_ptr<detail::PersonalPlaces> places_;
};

}  // namespace varve
