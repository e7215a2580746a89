/// Opens the places where a projection keeps its rows, one for each partition.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/read_model.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/projection_options.hpp"
#include "varve/store.hpp"

namespace varve {

/// As many as the options say, at least one. `suffix` is added to the name of each file.
[[nodiscard]] Result<std::vector<std::unique_ptr<ReadModel>>> open_places(const detail::ProjectionType& type,
                                                                          const ProjectionOptions& options,
                                                                          const Store& store,
                                                                          const std::string& suffix);

}  // namespace varve
