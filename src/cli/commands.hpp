/// The commands of the binary, one file each. Every function declares its command: arguments, help, what it does.
#pragma once

#include "cli/command_line.hpp"

namespace varve::cli {

void add_append(CommandLine& line);
void add_read(CommandLine& line);
void add_tail(CommandLine& line);
void add_streams(CommandLine& line);
void add_info(CommandLine& line);
void add_keep(CommandLine& line);
void add_delete(CommandLine& line);
void add_tombstone(CommandLine& line);
void add_forget(CommandLine& line);
void add_keys(CommandLine& line);
void add_projections(CommandLine& line);
void add_verify(CommandLine& line);
void add_import(CommandLine& line);
void add_export(CommandLine& line);
void add_backup(CommandLine& line);
void add_restore(CommandLine& line);
void add_fork(CommandLine& line);
void add_compact(CommandLine& line);
void add_stats(CommandLine& line);
void add_diff(CommandLine& line);
void add_explain(CommandLine& line);
void add_doctor(CommandLine& line);
void add_serve(CommandLine& line);

}  // namespace varve::cli
