/// An instance of a process from its stream of steps.
#pragma once

#include <optional>
#include <string>

#include "model/process_instance.hpp"
#include "varve/detail/process_type.hpp"
#include "varve/entity.hpp"
#include "varve/store.hpp"

namespace varve {

/// The stream of that instance: category, `-`, key.
[[nodiscard]] std::string stream_of_instance(const detail::ProcessType& type, std::string_view key);

struct FoldedInstance {
    ProcessInstance instance;  ///< without a state where that was not asked for, or failed
    std::optional<Error> state_error = {};
};

/// Reads its steps, up to a place in the past if one is given; with the state, hears again what each of them had heard
/// (the steps that are answered this time mean nothing). An error: the store cannot be read; what somebody else has written
/// to the stream, or a step that does not fit, is the instance's trouble.
[[nodiscard]] Result<FoldedInstance> fold_instance(const Store& store, const detail::ProcessType& type,
                                                   const std::string& key, bool with_state, const AsOf& as_of = {});

/// The one event at a position, seen by `use` as long as that runs. `not_found`: no read shows it any more.
[[nodiscard]] Result<> with_event_at(const Store& store, Position position,
                                     const std::function<Result<>(const Event&)>& use);

/// Calls the user's `on` for what an event, a timer or an answer brings. Guarded: what it throws is an error.
[[nodiscard]] Result<> hear_into(detail::Reaction& reaction, const detail::ProcessType& type, const Event& event);
[[nodiscard]] Result<> fire_into(detail::Reaction& reaction, const detail::ProcessType& type, const std::string& name,
                                 const PendingTimer& timer);
[[nodiscard]] Result<> answer_into(detail::Reaction& reaction, const detail::ProcessType& type,
                                   const PendingCommand& command, const Error& error);

}  // namespace varve
