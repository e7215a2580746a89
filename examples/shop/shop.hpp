/// The wiring.
#pragma once

#include <string>

#include "shop/mails.hpp"
#include "varve/varve.hpp"

namespace shop {

/// What decides, and what happens by itself.
void wire(varve::App& app);
/// What customers are told: rows and mails in a file beside the log. `server` outlives the App.
void wire_mails(varve::App& app, const std::string& file, MailServer& server);

}  // namespace shop
