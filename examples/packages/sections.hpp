/// What the example shows, section by section. Each answers whether it could be shown; what it found is printed.
#pragma once

#include <string>
#include <vector>

#include "packages/log_file.hpp"
#include "packages/options.hpp"
#include "shared/page.hpp"
#include "varve/app.hpp"

namespace packages {

varve::Result<> show_import(examples::Page& page, varve::App& app, const std::vector<FoundLog>& logs);

varve::Result<> show_report(examples::Page& page, const varve::App& app);
varve::Result<> show_doubts(examples::Page& page, const varve::App& app);
varve::Result<> show_history(examples::Page& page, const varve::App& app, const std::string& package);
/// Every package that works, one a line; at a moment of the log's own time when one is given.
varve::Result<> show_installed(examples::Page& page, const varve::App& app, const std::string& as_of);

/// The past as read models and entities tell it, beside the present. An empty moment: one is chosen.
varve::Result<> show_time_travel(examples::Page& page, const varve::App& app, std::string as_of);

/// Holds the folded history against the read model and against dpkg-query. False: dpkg says something else (then why
/// is shown), or there is no dpkg to ask. `data_loss`: the read model is not the fold of the streams.
varve::Result<bool> show_proof(examples::Page& page, const varve::App& app, const std::string& dpkg_file);

/// Kills imports of one of these logs, in a folder of its own inside `data`. `data_loss`: something acknowledged is gone.
varve::Result<> show_crash(examples::Page& page, const std::vector<FoundLog>& logs, const std::string& data);

/// Shows live what dpkg does, until `stop` answers true; it is asked at least every half second.
varve::Result<> follow(examples::Page& page, varve::App& app, const std::string& log, bool (*stop)());

}  // namespace packages
