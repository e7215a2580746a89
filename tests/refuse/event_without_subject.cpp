// varve: an event with a varve::Personal field says whose it is: std::string subject() const
#include <string>
#include <vector>

#include "varve/app.hpp"

struct Address {
    varve::Personal<std::string> street;
};
struct Moved {
    std::string contact;
    std::vector<Address> addresses;
#if defined(REPAIRED)
    std::string subject() const { return contact; }
#endif
};

varve::Decision decide() {
    return varve::accept(Moved{"7", {{"Dorset Street"}}});
}
