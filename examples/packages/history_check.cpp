#include "packages/history_check.hpp"

#include "packages/package.hpp"

namespace packages {
namespace {

constexpr std::string_view prefix = "package-";
constexpr std::size_t page = 1000;

}  // namespace

varve::Result<Standings> fold_packages(const varve::App& app, std::optional<varve::Position> as_of) {
    Standings standings;
    std::string last;
    while (true) {
        const auto streams = app.store().streams(prefix, last, page);
        if (!streams) return streams.error();
        for (const varve::StreamInfo& stream : *streams) {
            const std::string package = stream.name.substr(prefix.size());
            const auto folded = app.load<Package>(package, as_of ? varve::as_of(*as_of) : varve::AsOf{});
            if (!folded) return folded.error();
            if (folded->exists()) standings[package] = {folded->state.status, folded->state.version};
        }
        if (streams->size() < page) return standings;
        last = streams->back().name;
    }
}

varve::Result<std::map<std::string, std::string>> contents(const varve::Store& store) {
    std::map<std::string, std::string> streams;
    auto cursor = store.read({});
    if (!cursor) return std::move(cursor).error();
    auto read = cursor->each([&](const varve::Event& event) {
        std::string& content = streams[std::string(event.stream)];
        content += event.type;
        content += ' ';
        content += event.data;
        content += '\n';
    });
    if (!read) return std::move(read).error();
    return streams;
}

}  // namespace packages
