/// Which events of a damaged frame are concerned: the others still fit their own checksums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "log/frame_scan.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::log {

struct BrokenRecord {
    Position position;
    std::string stream;  ///< as the damaged bytes say; empty when that cannot be read
};

/// Looks at the frame at `offset` of a segment. Empty when its header is damaged too, or its records cannot be told
/// apart: then every event of it is concerned. An error is the disk's.
[[nodiscard]] Result<std::vector<BrokenRecord>> broken_records(FrameBytes bytes, const FrameCodec& codec,
                                                               std::uint64_t offset);

}  // namespace varve::log
