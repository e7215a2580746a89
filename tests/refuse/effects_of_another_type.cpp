// varve: this projection has no Effects of that type
#include <string>

#include "varve/testing.hpp"
#include "varve/varve.hpp"

struct Shipped {
    std::string order;
};
struct SendMail {
    std::string to;
};
struct CallTaxi {
    std::string to;
};
struct Orders {
    using Events = varve::Events<Shipped>;
    varve::Effects<SendMail> mails;
    void on(const Shipped& e) { mails.add({e.order}); }
};

std::size_t performed() {
#ifdef REPAIRED
    return varve::testing::given_events<Orders>(Shipped{"o1"}).effects<SendMail>().size();
#else
    return varve::testing::given_events<Orders>(Shipped{"o1"}).effects<CallTaxi>().size();
#endif
}
