/// The engine behind a folder: segment log, index, one writer (docs/internals/engine.md).
#pragma once

#include <memory>
#include <string>

#include "engine/inside.hpp"
#include "io/environment.hpp"
#include "varve/engine.hpp"
#include "varve/result.hpp"
#include "varve/store.hpp"

namespace varve::engine {

/// As varve::open of a folder, by `options.read_only` one of the two below. `resource_exhausted` when there is no
/// thread to be had (Executor::start).
[[nodiscard]] Result<std::shared_ptr<Engine>> open_folder_engine(const std::string& folder, const OpenOptions& options,
                                                                 const io::Environment& environment,
                                                                 const Inside& inside = {});

/// The one opening that may append; it holds the folder's lock.
[[nodiscard]] Result<std::shared_ptr<Engine>> open_writing_engine(const std::string& folder, const OpenOptions& options,
                                                                  const io::Environment& environment,
                                                                  const Inside& inside = {});

/// An opening that only reads, and follows what a writer in another process commits; any number may be open.
[[nodiscard]] Result<std::shared_ptr<Engine>> open_reading_engine(const std::string& folder,
                                                                  const io::Environment& environment,
                                                                  const Inside& inside = {});

}  // namespace varve::engine
