/// A test that knows when a stored shape has changed: what was written yesterday must still be read tomorrow.
///
///     TEST(Bank, stores_what_it_stored) {
///         varve::App bank{varve::open("memory:").value()};
///         wire(bank);                                             // handle, project, run, as in main
///         varve::testing::check_schema("schema.lock", bank.schema());
///     }
///
/// `schema.lock` belongs into version control. docs/schema.md says what to do when the test fails.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "varve/export.hpp"
#include "varve/schema.hpp"
#include "varve/testing.hpp"

namespace varve::testing {

/// One difference between what is stored and what the code stores and reads now.
struct SchemaChange {
    /// What is stored is read as before: a new event, an optional field more, a wider number.
    bool compatible = false;
    std::string sentence;  ///< what changed where, and what to do
};

/// What changed from one to the other, in the order of names.
[[nodiscard]] VARVE_API std::vector<SchemaChange> schema_changes(const Schema& stored, const Schema& now);

/// How check_schema behaves. Absent: as the environment says.
struct SchemaCheck {
    /// Nothing may be written: a file that is absent or behind fails. Environment: `CI` is set to anything but `false`.
    std::optional<bool> ci = {};
    /// Takes every change as it is: for shapes of which nothing was stored yet. Environment: `VARVE_ACCEPT_SCHEMA=1`.
    std::optional<bool> accept = {};
};

/// Compares with the file. A relative path counts from the folder in which the test runs (in CMake: WORKING_DIRECTORY).
/// An absent file is written; so is one that is behind by compatible changes only. Throws Mismatch with a sentence for
/// each change when stored data would not be read as before, and, under `ci`, when the file is absent or behind; throws
/// Failure when it cannot be read or written.
VARVE_API void check_schema(const std::string& path, const Schema& schema, const SchemaCheck& check = {});

}  // namespace varve::testing
