#include "log/kept_events.hpp"

#include <algorithm>
#include <bit>

#include "base/hash.hpp"
#include "log/little_endian.hpp"

namespace varve::log {
namespace {

constexpr std::size_t at_before = 8;
constexpr std::size_t at_checksum = 12;

std::uint32_t checksum(const char* entry, std::uint64_t number, std::uint64_t salt) {
    char place[16];
    store(place, salt);
    store(place + 8, number);
    return crc32c({entry, at_checksum}, crc32c({place, sizeof place}));
}

std::uint64_t bits_from(std::uint64_t bit) {
    return ~std::uint64_t{0} << bit;
}

}  // namespace

std::string KeptEvents::encode(const std::vector<bool>& kept, std::uint64_t salt) {
    std::string section(bytes_for(kept.size()), '\0');
    std::uint32_t before = 0;
    for (std::uint64_t number = 0; number * 64 < kept.size(); ++number) {
        std::uint64_t bits = 0;
        for (std::uint64_t event = number * 64; event < std::min<std::uint64_t>(number * 64 + 64, kept.size()); ++event)
            bits |= std::uint64_t{kept[event]} << event % 64;
        char* entry = section.data() + number * entry_bytes;
        store(entry, bits);
        store(entry + at_before, before);
        store(entry + at_checksum, checksum(entry, number, salt));
        before += static_cast<std::uint32_t>(std::popcount(bits));
    }
    return section;
}

KeptEvents::Word KeptEvents::word(std::uint64_t number) const {
    const char* entry = section_ + number * entry_bytes;
    return {.bits = load<std::uint64_t>(entry), .before = load<std::uint32_t>(entry + at_before)};
}

bool KeptEvents::sound(std::uint64_t number) const {
    const char* entry = section_ + number * entry_bytes;
    return load<std::uint32_t>(entry + at_checksum) == checksum(entry, number, salt_);
}

std::optional<KeptEvents::Place> KeptEvents::find(std::uint64_t event) const {
    const Word found = word(event / 64);
    const bool kept = (found.bits >> event % 64 & 1) != 0;
    // A record tells itself whether it is the right one; that there is none must be believed of the section alone.
    if (!kept && !sound(event / 64)) return {};
    const std::uint64_t before = found.bits & ~bits_from(event % 64);
    return Place{.kept = kept, .number = found.before + static_cast<std::uint64_t>(std::popcount(before))};
}

std::uint64_t KeptEvents::removed_run(std::uint64_t event, bool forward) const {
    std::uint64_t at = event;
    for (;;) {
        const std::uint64_t number = at / 64;
        // What is damaged is not passed over: reading there will tell.
        if (!sound(number)) return forward ? at - event : event - at;
        const std::uint64_t ahead = forward ? bits_from(at % 64) : ~(bits_from(at % 64) << 1);
        if (const std::uint64_t kept = word(number).bits & ahead; kept != 0) {
            const int bit = forward ? std::countr_zero(kept) : 63 - std::countl_zero(kept);
            const std::uint64_t next = number * 64 + static_cast<std::uint64_t>(bit);
            return forward ? next - event : event - next;
        }
        if (forward && (number + 1) * 64 >= events_) return events_ - event;
        if (!forward && number == 0) return event + 1;
        at = forward ? (number + 1) * 64 : number * 64 - 1;
    }
}

}  // namespace varve::log
