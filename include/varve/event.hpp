/// Events as they go in (`NewEvent`, owns its bytes) and as they come out (`Event`, views into the log).
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

inline constexpr std::string_view json_content = "application/json";
inline constexpr std::string_view octet_content = "application/octet-stream";

/// A fact to be appended. Owns its bytes. `data` and `metadata` may be any bytes; with the content type
/// `application/json` the command line and the model read `data` as JSON. Sizes: varve/limits.hpp.
struct NewEvent {
    std::string stream = {};                               ///< its stream, e.g. `account-a1`
    std::string type = {};                                 ///< what happened, e.g. `Withdrawn`
    std::string data = {};                                 ///< the fact itself
    std::string metadata = {};                             ///< about the fact: who, why; a JSON object or empty
    std::vector<std::string> tags = {};                    ///< e.g. `account:a1`; order is kept, repeats are refused
    std::string content_type = std::string(json_content);  ///< of `data`
    EventId id = {};                                       ///< nil: the store draws one
};

/// The tags of a stored event: a view, walked with range-for; valid as long as its Event.
class VARVE_API Tags {
public:
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;

        iterator() = default;
        explicit iterator(const char* at) : at_(at) {}
        std::string_view operator*() const { return {at_ + 1, static_cast<unsigned char>(*at_)}; }
        iterator& operator++() {
            at_ += 1 + static_cast<unsigned char>(*at_);
            return *this;
        }
        iterator operator++(int) {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(iterator, iterator) = default;

    private:
        const char* at_ = nullptr;
    };

    Tags() = default;
    /// `packed`: each tag as one length byte and its bytes, checked by whoever made it.
    explicit Tags(std::string_view packed) : packed_(packed) {}

    [[nodiscard]] bool empty() const { return packed_.empty(); }
    /// All tags as the constructor was given them.
    [[nodiscard]] std::string_view packed() const { return packed_; }
    [[nodiscard]] bool contains(std::string_view tag) const;
    [[nodiscard]] iterator begin() const { return iterator(packed_.data()); }
    [[nodiscard]] iterator end() const { return iterator(packed_.data() + packed_.size()); }

private:
    std::string_view packed_;
};

/// A stored event, decoded in place: the views point into the log (or the engine's memory), nothing is copied.
/// Valid until the next call on the Cursor or Subscription that gave it; copy what must live longer
/// (`to_new_event` copies all that was given at append).
struct Event {
    Position position;              ///< place in the store
    Revision revision;              ///< place in its stream
    EventId id;                     ///< never nil
    Timestamp created;              ///< commit time; never goes back from one position to the next
    std::string_view stream;        //
    std::string_view type;          //
    std::string_view content_type;  //
    std::string_view data;          //
    std::string_view metadata;      //
    Tags tags;
};

/// An owning copy of what was given when the event was appended (without position, revision and time).
[[nodiscard]] VARVE_API NewEvent to_new_event(const Event& event);

/// Looks at one event as `append` will: names, tags, sizes (varve/limits.hpp). For callers that gather many into
/// one commit and want to name the bad one while they still know where it came from. `invalid_argument`, or ok.
[[nodiscard]] VARVE_API Result<> check(const NewEvent& event);

/// The part of a stream's name before the first `-`; the whole name when there is none.
[[nodiscard]] constexpr std::string_view category_of(std::string_view stream) {
    return stream.substr(0, stream.find('-'));
}

}  // namespace varve
