// varve: a Personal inside of a Personal is sealed already; take one of them away
#include <string>

#include "varve/personal.hpp"

struct Name {
#if defined(REPAIRED)
    std::string last;
#else
    varve::Personal<std::string> last;
#endif
};
struct Named {
    std::string contact;
    varve::Personal<Name> name;
    std::string subject() const { return contact; }
};

bool stored() {
    return varve::to_json(Named{"7", Name{"Lovelace"}}).ok();
}
