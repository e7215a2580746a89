// varve: this varve::codec has no decode
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/codec.hpp"

class Money {
public:
    explicit Money(int cents) : cents_(cents) {}
    int cents() const { return cents_; }

private:
    int cents_;
};

#if defined(REPAIRED)
template <>
struct varve::codec<Money> {
    static int encode(const Money& money) { return money.cents(); }
    static Money decode(int cents) { return Money(cents); }
};
#else
template <>
struct varve::codec<Money> {
    static int encode(const Money& money) { return money.cents(); }
};
#endif

auto read(std::string_view text) {
    return varve::from_json<Money>(text);
}
