/// Scheduled commands as instances of a process of their own: one stream each, `$scheduled-<id>`.
#pragma once

#include <string>
#include <string_view>

#include "varve/clock.hpp"
#include "varve/command.hpp"
#include "varve/detail/process_type.hpp"
#include "varve/schedule.hpp"
#include "varve/store.hpp"

namespace varve {

/// The process that fires and sends them.
[[nodiscard]] const detail::ProcessType& scheduled_type();

/// Records the command. Repeated with the same command id, the same command and time: the answer of the first time.
[[nodiscard]] Result<Scheduled> record_schedule(Store& store, std::string_view command, std::string data, Timestamp now,
                                                Timestamp due, const CommandOptions& options);
[[nodiscard]] Result<> record_unschedule(Store& store, const std::string& id, Timestamp now);
/// `not_found`: no command was scheduled under that id.
[[nodiscard]] Result<ScheduledCommand> read_scheduled(const Store& store, const std::string& id);

}  // namespace varve
