/// How commands are told about a key file and what protects it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command_line.hpp"
#include "varve/keys.hpp"

namespace varve::cli {

struct KeyFileOptions {
    std::string path;
    std::optional<std::string> passphrase_file;
    bool adopt = false;
};

/// The option that names a file with the passphrase in its first line.
void add_passphrase_option(Command& command, KeyFileOptions& options);

/// Opens the file; never makes one.
[[nodiscard]] Result<Keys> open_key_file(const KeyFileOptions& options);

}  // namespace varve::cli
