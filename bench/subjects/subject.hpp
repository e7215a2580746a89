/// What the workloads see of a store: ours, a peer, or the bare log that marks the room above both. Every subject
/// is given the same event bytes, the same threads and the same folder of the same disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "varve/commit.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"

namespace varve::bench {

using Path = std::filesystem::path;

/// One event on its way in. The views stay valid during the append only.
struct Sample {
    std::string_view stream, type, data, metadata;
    EventId id;
};

/// One event on its way out. The views are valid during Visitor::event only.
struct Seen {
    std::string_view stream, type, data, metadata;
};

class Visitor {
public:
    Visitor() = default;
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;
    virtual ~Visitor() = default;
    virtual void event(const Seen& seen) = 0;
};

/// Reads of one thread. Sees everything acknowledged before the call.
class Reader {
public:
    Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    virtual ~Reader() = default;
    /// All events of the stream, oldest first.
    virtual Result<> stream(std::string_view name, Visitor& visitor) = 0;
    /// The last event of the stream.
    virtual Result<> last(std::string_view name, Visitor& visitor) = 0;
    /// All events that append_tagged gave this stream's tags, oldest first.
    virtual Result<> tagged(std::string_view stream, Visitor& visitor);
    /// Every event of the store, in order of position.
    virtual Result<> replay(Visitor& visitor) = 0;
};

class Subject {
public:
    Subject() = default;
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;
    virtual ~Subject() = default;

    /// Makes a new, empty store in an empty folder.
    virtual Result<> create(const Path& folder, Durability mode) = 0;
    /// Opens the store again that was made in the folder and closed. For reading: subjects need not append to it.
    virtual Result<> open(const Path& folder, Durability mode) = 0;
    /// Appends the events as one atomic commit without any expectation; returns when it is as durable as `mode`
    /// says. Any thread.
    virtual Result<> append(std::span<const Sample> events) = 0;
    /// The pipelined form, when there is one: returns at once and calls `done(worked)` later, from any thread.
    virtual Result<> append_later(std::span<const Sample> events, std::function<void(bool worked)> done);
    /// As append, each event with two tags made of its stream. `guarded`: on condition that no event with the tags of
    /// the first one has come since the store's present end; and again when one has.
    virtual Result<> append_tagged(std::span<const Sample> events, bool guarded);
    /// Lets background work of past appends finish, so that reads find the subject at its best.
    virtual Result<> settle() { return {}; }
    virtual Result<std::unique_ptr<Reader>> reader() = 0;
    virtual Result<> close() = 0;
};

/// A kind of subject: what it is called, what it can do, how one is made.
struct Contender {
    std::string name;
    std::function<std::unique_ptr<Subject>()> make;
    bool peer = true;        ///< a product to be compared with; false: ours, or the bare log
    bool persistent = true;  ///< can be opened again after close
    bool pipelined = false;  ///< has append_later
    bool tags = false;       ///< has append_tagged and Reader::tagged
    bool optional = false;   ///< runs only when asked for by name
};

/// `scratch` is a folder that lives as long as the program: the bare log keeps its recycled file there.
[[nodiscard]] std::vector<Contender> all_contenders(const Path& scratch);

// Each is made in the .cpp file of its name.
[[nodiscard]] std::unique_ptr<Subject> make_varve_folder();
[[nodiscard]] std::unique_ptr<Subject> make_varve_packed();
[[nodiscard]] std::unique_ptr<Subject> make_varve_served();
[[nodiscard]] std::unique_ptr<Subject> make_varve_memory();
[[nodiscard]] std::unique_ptr<Subject> make_bare_log(const Path& scratch);
[[nodiscard]] std::unique_ptr<Subject> make_rocksdb();
[[nodiscard]] std::unique_ptr<Subject> make_lmdb();
[[nodiscard]] std::unique_ptr<Subject> make_sqlite();

}  // namespace varve::bench
