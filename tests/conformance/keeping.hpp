/// The fixture of what is said about retention (varve/retention.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/suite.hpp"

namespace varve::conformance {

using Revisions = std::vector<std::uint64_t>;

class Keeping : public Conformance {
protected:
    void fill(std::string_view stream, int events) {
        for (int n = 0; n < events; ++n) append(stream, std::to_string(n));
    }
    /// The revisions that a read of the stream shows, forward; checks that backward and in pages it is the same.
    Revisions shown(std::string_view stream) {
        Revisions forward;
        for (const Seen& event : read_all(store(), {.source = Stream{std::string(stream)}})) {
            forward.push_back(event.revision.value);
        }
        Revisions backward;
        for (const Seen& event :
             read_all(store(), {.source = Stream{std::string(stream)}, .direction = Direction::backward})) {
            backward.insert(backward.begin(), event.revision.value);
        }
        EXPECT_EQ(forward, backward);
        return forward;
    }
    StreamRetention standing(std::string_view stream) { return store().retention(stream).value(); }
    Result<Receipt> settings(std::string_view stream, std::string json, std::string type = "$metadata") {
        return store().append(
            Commit{}.append("$$" + std::string(stream), Expected::any(), {fact(std::move(type), std::move(json))}));
    }
    Result<Receipt> try_append(std::string_view stream, Expected expected) {
        return store().append(Commit{}.append(stream, expected, {fact("Happened")}));
    }
    static EventId id(std::uint8_t number) {
        EventId each;
        each.bytes = {0x2f, 0x8f, 0xad, 0x5b, 0xd9, 0xcb, 0x46, 0x9f, 0xa1, 0x65, 0x70, 0x86, 0x77, 0x28, 0x95, number};
        return each;
    }
    static Commit marked(std::string_view stream, Expected expected, std::uint8_t number) {
        NewEvent event = fact("Happened");
        event.id = id(number);
        return Commit{}.append(stream, expected, {event});
    }
};

}  // namespace varve::conformance
