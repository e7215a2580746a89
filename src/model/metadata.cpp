#include "model/metadata.hpp"

#include <map>
#include <utility>

#include "varve/json.hpp"

namespace varve {

Result<std::string> event_metadata(const CommandOptions& options) {
    std::map<std::string, std::string> members = options.metadata;
    if (!options.correlation_id.empty()) members["$correlationId"] = options.correlation_id;
    if (!options.causation_id.empty()) members["$causationId"] = options.causation_id;
    if (members.empty()) return std::string();
    return to_json(members).within("metadata");
}

}  // namespace varve
