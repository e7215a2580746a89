/// The process's own stream, `$process-<category>`: how far it has come, and what it could not hear.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/process_record.hpp"
#include "varve/store.hpp"

namespace varve {

/// A checkpoint is written when so many events have passed since the last one, and as many as it has to name instances.
inline constexpr std::uint64_t checkpoint_events = 4096;

class ProcessLog {
public:
    ProcessLog(const Store& store, std::string_view category);

    struct Start {
        Position position = {};  ///< everything below it is heard
        std::uint64_t running = 0;
        std::vector<std::string> open = {};  ///< instances with something open, as of then
        std::map<Position, record::Trouble> unheard = {};
    };
    /// What the last checkpoint said, and what was written since.
    Result<Start> read();

    [[nodiscard]] const std::string& stream() const { return stream_; }
    /// Whether it is time for a checkpoint.
    [[nodiscard]] bool wants(Position position, std::uint64_t open, bool at_end) const;
    /// Writes it, and lets go of the ones before.
    Result<> write(const Start& state);

private:
    Store store_;
    std::string stream_;
    Position written_;
};

}  // namespace varve
