// varve: this query is answered in pieces (using Pieces): stream it
#include <string>

#include "varve/app.hpp"

struct AllAccounts {
    using Pieces = std::string;
};

bool print(const varve::App& bank) {
#if defined(REPAIRED)
    return bank.stream(AllAccounts{}, [](const std::string&) {}).ok();
#else
    return bank.ask(AllAccounts{}).ok();
#endif
}
