// varve: many may answer this query (using Answers): gather it
#include <string>

#include "varve/app.hpp"

struct Search {
    std::string text;
    using Answers = int;
};

bool found(const varve::App& shop) {
#if defined(REPAIRED)
    return shop.gather(Search{"lamp"}).ok();
#else
    return shop.ask(Search{"lamp"}).ok();
#endif
}
