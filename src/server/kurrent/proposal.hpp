/// What a client proposes to be appended.
#pragma once

#include <server/kurrent/v1.pb.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "net/call.hpp"
#include "varve/commit.hpp"
#include "varve/event.hpp"

namespace varve::kurrent {

/// What it expects of the stream. Requires one of the protocol's messages that say so.
template <class Options>
[[nodiscard]] std::optional<Expected> expected_of(const Options& options) {
    if (options.has_any()) return Expected::any();
    if (options.has_no_stream()) return Expected::none();
    if (options.has_stream_exists()) return Expected::exists();
    if constexpr (requires { options.has_revision(); }) {
        if (options.has_revision()) return Expected::exact(Revision{options.revision()});
    } else {
        if (options.has_stream_position()) return Expected::exact(Revision{options.stream_position()});
    }
    return {};
}

/// What is wrong with the name of a stream that is written to, for a status; empty: nothing.
[[nodiscard]] std::string fault_of_name(std::string_view stream);

/// As an event of ours; without a stream. Its tags are those of `$tags` in its metadata. Or the refusal.
[[nodiscard]] std::variant<NewEvent, net::Status> event_of(const v1::AppendReq::ProposedMessage& proposed);

/// The tags that are written as an array of texts under `$tags` in metadata that is a JSON object; else none.
[[nodiscard]] std::vector<std::string> tags_in(std::string_view metadata);

}  // namespace varve::kurrent
