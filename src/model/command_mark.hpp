/// What a commit remembers of its command, so that its id is not taken for that of another one.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "varve/command.hpp"
#include "varve/commit.hpp"
#include "varve/store.hpp"

namespace varve {

/// For the metadata of the events, as `$command`: `Withdraw:` and a hash of its JSON form. Nothing personal goes into it: the
/// command's Personal fields are left out, and where an event holds something personal (which may come from any field) so
/// is the hash. Empty without a command id. Part of the stored form, never change.
[[nodiscard]] std::string mark_of(const CommandContext& context, std::span<const NewEvent> events);

/// Who sends a command again.
enum class Repeat : std::uint8_t {
    by_anybody,
    of_one_step,  ///< whoever has it on record: what the same step has caused is this command, even in another shape
};

/// Whether the commit of this receipt can be one of this command; one that bears no mark can. `already_exists`: it is not.
[[nodiscard]] Result<> check_repeat(const Store& store, const Receipt& original, const CommandContext& context,
                                    Repeat how);

}  // namespace varve
