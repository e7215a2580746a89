#include "model/loaded_code.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace varve {

namespace {

constexpr std::size_t aligned(std::size_t size) {
    return (size + 3) & ~std::size_t{3};
}

/// The build id among the notes of a segment, in hex; empty: it is not there.
std::string find_build_id(std::string_view notes) {
    constexpr std::string_view owner("GNU\0", 4);
    while (notes.size() >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        std::memcpy(&note, notes.data(), sizeof note);
        notes.remove_prefix(sizeof note);
        const std::size_t name_size = aligned(note.n_namesz), id_size = aligned(note.n_descsz);
        if (notes.size() < name_size + id_size) break;
        if (note.n_type == NT_GNU_BUILD_ID && notes.substr(0, note.n_namesz) == owner) {
            std::string hex;
            for (const char c : notes.substr(name_size, note.n_descsz)) {
                hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
            }
            return hex;
        }
        notes.remove_prefix(name_size + id_size);
    }
    return {};
}

struct Found {
    std::vector<std::pair<std::uintptr_t, std::uintptr_t>> ranges;
    std::vector<std::string> ids;
    std::string without;
};

int visit(dl_phdr_info* module, std::size_t, void* to) {
    Found& found = *static_cast<Found*>(to);
    const std::string_view name = module->dlpi_name == nullptr ? "" : module->dlpi_name;
    // The kernel's own page of code is in every process.
    if (name.starts_with("linux-vdso") || name.starts_with("linux-gate")) return 0;
    std::string id;
    for (std::size_t i = 0; i < module->dlpi_phnum; ++i) {
        const ElfW(Phdr)& part = module->dlpi_phdr[i];
        const std::uintptr_t begin = module->dlpi_addr + part.p_vaddr;
        if (part.p_type == PT_LOAD) found.ranges.emplace_back(begin, begin + part.p_memsz);
        if (part.p_type == PT_NOTE && id.empty()) {
            id = find_build_id({std::bit_cast<const char*>(begin), part.p_memsz});
        }
    }
    if (id.empty()) found.without = name.empty() ? "the program" : std::string(name);
    found.ids.push_back(std::move(id));
    return 0;
}

}  // namespace

LoadedCode::LoadedCode() {
    Found found;
    dl_iterate_phdr(&visit, &found);
    std::ranges::sort(found.ids);
    ranges_ = std::move(found.ranges);
    ids_ = fmt::format("{}", fmt::join(found.ids, " "));
    without_ = std::move(found.without);
}

Result<std::string> LoadedCode::identity(const void* function) const {
    const auto at = std::bit_cast<std::uintptr_t>(function);
    const bool here = std::ranges::any_of(ranges_, [at](const Range& r) { return r.first <= at && at < r.second; });
    if (here && without_.empty()) return ids_;
    const std::string why = here ? fmt::format(
                                       "{} has no build id, which tells one build from another; link it with "
                                       "-Wl,--build-id",
                                       without_)
                                 : "its code was loaded later than the App was made";
    return Error{.code = Code::unavailable,
                 .message = why +
                            ", or give the state `static constexpr int snapshot_version = 1;`, and another number "
                            "whenever what evolve does changes"};
}

}  // namespace varve
