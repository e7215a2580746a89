// varve: the `type` of a struct must not be empty.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/codec.hpp"

#if defined(REPAIRED)
struct Fact {
    static constexpr std::string_view type = "fact.v2";
};
#else
struct Fact {
    static constexpr std::string_view type = "";
};
#endif

static_assert(varve::event_type<Fact>() == "fact.v2" || true);
