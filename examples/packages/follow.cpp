#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "packages/import.hpp"
#include "packages/sections.hpp"
#include "packages/wiring.hpp"
#include "varve/codec.hpp"

namespace packages {
namespace {

constexpr int patience_ms = 500;

/// Waits for something to change in a folder, or for patience_ms, or for a signal.
class Watch {
public:
    explicit Watch(const std::filesystem::path& folder) : descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        inotify_add_watch(descriptor_, folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    }
    ~Watch() { close(descriptor_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    void wait() const {
        pollfd change{descriptor_, POLLIN, 0};
        if (poll(&change, 1, patience_ms) <= 0) return;
        std::array<char, 4096> events{};
        while (read(descriptor_, events.data(), events.size()) > 0) {
        }
    }

private:
    int descriptor_;
};

/// Says in one line what has happened to a package; nothing for the many small steps in between. Of the lines that are
/// no dpkg log it shows the first, and counts them all.
class Announcer {
public:
    std::string operator()(const varve::Event& event) {
        if (is<LineUnknown>(event)) return unknown(varve::decode_event<LineUnknown>(event));
        if (is<InstallBegun>(event)) return begin(varve::decode_event<InstallBegun>(event), "install");
        if (is<RemovalBegun>(event)) return begin(varve::decode_event<RemovalBegun>(event), "remove");
        if (is<PurgeBegun>(event)) return begin(varve::decode_event<PurgeBegun>(event), "purge");
        if (is<UpgradeBegun>(event)) {
            const auto fact = varve::decode_event<UpgradeBegun>(event);
            if (!fact) return fact.error().to_string();
            begun_.insert(fact->package);
            return shown(fact->place, "upgrade", fact->package, fact->from + " to " + fact->to);
        }
        if (is<StatusChanged>(event)) return status(varve::decode_event<StatusChanged>(event));
        return "";
    }

    [[nodiscard]] std::uint64_t not_understood() const { return not_understood_; }

private:
    template <class Fact>
    static bool is(const varve::Event& event) {
        return event.type == varve::event_type<Fact>();
    }

    static std::string shown(const Place& place, std::string what, const std::string& package,
                             const std::string& version) {
        what.resize(12, ' ');
        return place.at.substr(std::min<std::size_t>(11, place.at.size())) + "  " + what + package + " " + version;
    }

    template <class Fact>
    std::string begin(const varve::Result<Fact>& fact, const std::string& what) {
        if (!fact) return fact.error().to_string();
        begun_.insert(fact->package);
        return shown(fact->place, what, fact->package, fact->version);
    }

    std::string status(const varve::Result<StatusChanged>& fact) {
        if (!fact) return fact.error().to_string();
        const bool end =
            fact->status == "installed" || fact->status == "config-files" || fact->status == "not-installed";
        if (!end || begun_.erase(fact->package) == 0) return "";
        return shown(fact->place, fact->status, fact->package, fact->version);
    }

    std::string unknown(const varve::Result<LineUnknown>& fact) {
        if (!fact) return fact.error().to_string();
        if (++not_understood_ > 1) return "";
        constexpr std::size_t shown_at_most = 60;
        return "not understood, line " + std::to_string(fact->place.line) + ": " + fact->text.substr(0, shown_at_most) +
               (fact->text.size() > shown_at_most ? " ..." : "");
    }

    std::set<std::string> begun_;
    std::uint64_t not_understood_ = 0;
};

/// Tells the news until `over` and everything has been told; answers how many lines were not understood.
std::uint64_t announce(examples::Page& page, varve::Subscription& news, const std::atomic<bool>& over) {
    Announcer announcer;
    while (true) {
        const bool last_look = over;
        const auto event = news.next(std::chrono::steady_clock::now() + std::chrono::milliseconds(100));
        if (!event) page.line(event.error().to_string());
        if (!event || (*event == nullptr && last_look)) return announcer.not_understood();
        if (*event == nullptr) continue;
        if (const std::string text = announcer(**event); !text.empty()) page.line(text);
    }
}

/// Reads the log as it grows, and after a rotation the new one.
varve::Result<> read_live(varve::App& app, const std::filesystem::path& log, bool (*stop)()) {
    const Watch watch(log.has_parent_path() ? log.parent_path() : ".");
    Recorder recorder(app);
    auto open = LogImport::open(app, log);
    while (!stop()) {
        if (!open && open.error().code != varve::Code::not_found) return std::move(open).error();
        const bool moved = open && open->moved();
        if (open) {
            if (auto read = open->read_on(recorder, moved); !read) return read;
            if (auto flushed = recorder.flush(); !flushed) return flushed;
        }
        if (!open || moved) open = LogImport::open(app, log);
        if (!moved) watch.wait();
    }
    return {};
}

}  // namespace

varve::Result<> follow(examples::Page& page, varve::App& app, const std::string& log, bool (*stop)()) {
    auto news = app.store().subscribe({.from = app.store().head()});
    if (!news) return std::move(news).error();
    std::atomic<bool> over = false;
    std::uint64_t not_understood = 0;
    std::thread announcing([&] { not_understood = announce(page, *news, over); });
    auto read = read_live(app, log, stop);
    over = true;
    announcing.join();
    if (not_understood > 0) {
        page.text(examples::counted(not_understood, "line was", "lines were") +
                  " not understood; the store keeps them, as LineUnknown. Is " + log + " a log of dpkg?");
    }
    return read;
}

}  // namespace packages
