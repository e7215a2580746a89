#include "log/commit_walk.hpp"

#include "log/little_endian.hpp"

namespace varve::log {

Result<std::vector<CommitPlace>> commits_of(std::string_view payload) {
    std::vector<CommitPlace> commits;
    for (std::size_t offset = 0; offset != payload.size();) {
        if (payload.size() - offset < commit_header_bytes) {
            return Error{.code = Code::data_loss, .message = "commit is cut off"};
        }
        const char* at = payload.data() + offset;
        const CommitPlace commit{.offset = static_cast<std::uint32_t>(offset),
                                 .bytes = load<std::uint32_t>(at),
                                 .events = load<std::uint32_t>(at + 4),
                                 .flags = load<std::uint16_t>(at + 8),
                                 .extension_bytes = load<std::uint16_t>(at + 10)};
        if (commit.bytes < commit_header_bytes + commit.extension_bytes || commit.bytes % 8 != 0 ||
            commit.bytes > payload.size() - offset) {
            return Error{.code = Code::data_loss, .message = "commit has an impossible length"};
        }
        commits.push_back(commit);
        offset += commit.bytes;
    }
    return commits;
}

}  // namespace varve::log
