#include "cli/key_file.hpp"

#include <fstream>

namespace varve::cli {

void add_passphrase_option(Command& command, KeyFileOptions& options) {
    command.option("--passphrase-file", "FILE", options.passphrase_file,
                   "A file whose first line is the key file's passphrase");
}

Result<Keys> open_key_file(const KeyFileOptions& options) {
    KeyOptions keys{.create = false, .adopt = options.adopt};
    if (options.passphrase_file) {
        std::ifstream file(*options.passphrase_file);
        if (!std::getline(file, keys.passphrase) || keys.passphrase.empty()) {
            return Error{Code::invalid_argument,
                         "'" + *options.passphrase_file +
                             "' has no passphrase in its first line, or cannot be read; check --passphrase-file"};
        }
    }
    return open_keys(options.path, keys);
}

}  // namespace varve::cli
