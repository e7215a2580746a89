#include "packages/import.hpp"

#include "packages/commands.hpp"
#include "packages/journal.hpp"
#include "packages/wiring.hpp"

namespace packages {

varve::Result<LogImport> LogImport::open(varve::App& app, const std::filesystem::path& path) {
    auto file = LogFile::open(path);
    if (!file) return std::move(file).error();
    return LogImport(app, std::move(*file));
}

varve::Result<> LogImport::read_on(Recorder& recorder, bool finished, const std::function<void()>& each_line) {
    while (true) {
        auto next = file_.next();
        if (!next) return std::move(next).error();
        std::optional<std::string> text = *next || !finished ? std::move(*next) : file_.rest();
        if (!text) return {};
        if (file_.line() == 1) {
            if (auto begun = begin(legible(*text)); !begun) return begun;
        }
        if (const std::string_view time = time_of(*text); !time.empty()) at_ = time;
        if (each_line) each_line();
        if (file_.line() <= complete_) {
            ++skipped_;
        } else if (auto added = recorder.add({{id_, file_.line(), at_}, std::move(*text)}); !added) {
            return added;
        }
    }
}

varve::Result<> LogImport::begin(const std::string& first_line) {
    id_ = log_id(first_line);
    const auto row = app_->ask(HowFar{id_}, latest(*app_));
    if (!row.ok()) return row.error();
    if (*row) {
        complete_ = (*row)->complete;
        return {};
    }
    const auto opened = app_->send(OpenLog{id_, file_.path().filename().string(), first_line});
    if (!opened.ok() && opened.error().reason != "log.opened") return opened.error();
    return {};
}

varve::Result<Imported> import_logs(varve::App& app, const std::vector<FoundLog>& logs, const ImportHooks& hooks) {
    Recorder recorder(app, hooks.acknowledged);
    Imported imported;
    std::uint64_t done = 0;
    for (const FoundLog& log : logs) {
        const bool finished = &log != &logs.back();
        auto import = LogImport::open(app, log.path);
        if (!import) return std::move(import).error();
        auto read = import->read_on(recorder, finished, [&] {
            ++done;
            if (hooks.progress) hooks.progress(done);
        });
        if (!read) return std::move(read).error();
        if (auto flushed = recorder.flush(); !flushed) return std::move(flushed).error();
        imported.skipped += import->skipped();
    }
    imported.recorded = recorder.recorded();
    return imported;
}

}  // namespace packages
