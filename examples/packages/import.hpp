/// From log files to the store: goes on where the store says it stopped, whatever happened in between.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "packages/log_file.hpp"
#include "packages/recorder.hpp"
#include "varve/app.hpp"

namespace packages {

/// One log on its way into the store.
class LogImport {
public:
    /// The App must outlive it.
    static varve::Result<LogImport> open(varve::App& app, const std::filesystem::path& path);

    /// Gives the recorder every line that is there by now and not surely recorded, without flushing it. `finished`: no
    /// one writes to the log any more, so that a last line without its end counts too.
    varve::Result<> read_on(Recorder& recorder, bool finished, const std::function<void()>& each_line = {});

    [[nodiscard]] bool moved() const { return file_.moved(); }
    /// Lines that needed no look: known to be recorded.
    [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

private:
    LogImport(varve::App& app, LogFile file) : app_(&app), file_(std::move(file)) {}

    varve::Result<> begin(const std::string& first_line);

    varve::App* app_;
    LogFile file_;
    std::string id_;
    std::string at_;              ///< time of the line read last
    std::uint64_t complete_ = 0;  ///< lines up to this one are recorded
    std::uint64_t skipped_ = 0;
};

struct Imported {
    Recorded recorded;
    std::uint64_t skipped = 0;
};

struct ImportHooks {
    Acknowledged acknowledged = {};
    std::function<void(std::uint64_t done)> progress = {};  ///< in lines, over all logs
};

/// Reads the logs in this order. When it answers, every line of theirs is recorded.
varve::Result<Imported> import_logs(varve::App& app, const std::vector<FoundLog>& logs, const ImportHooks& hooks = {});

}  // namespace packages
