#include "subjects/subject.hpp"

namespace varve::bench {

Result<> Subject::append_later(std::span<const Sample>, std::function<void(bool)>) {
    return Error{Code::unimplemented, "this subject has no pipelined append"};
}

Result<> Subject::append_tagged(std::span<const Sample>, bool) {
    return Error{Code::unimplemented, "this subject has no tags"};
}

Result<> Reader::tagged(std::string_view, Visitor&) {
    return Error{Code::unimplemented, "this subject has no tags"};
}

std::vector<Contender> all_contenders(const Path& scratch) {
    return {
        {.name = "varve", .make = make_varve_folder, .peer = false, .pipelined = true, .tags = true},
        {.name = "packed", .make = make_varve_packed, .peer = false, .tags = true, .optional = true},
        {.name = "served", .make = make_varve_served, .peer = false, .pipelined = true, .tags = true, .optional = true},
        {.name = "memory",
         .make = make_varve_memory,
         .peer = false,
         .persistent = false,
         .pipelined = true,
         .tags = true,
         .optional = true},
        {.name = "bare log", .make = [scratch] { return make_bare_log(scratch); }, .peer = false},
        {.name = "rocksdb", .make = make_rocksdb},
        {.name = "lmdb", .make = make_lmdb},
        {.name = "sqlite", .make = make_sqlite},
    };
}

}  // namespace varve::bench
