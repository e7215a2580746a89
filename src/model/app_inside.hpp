/// What an App owns.
#pragma once

#include <memory>

#include "model/app_keys.hpp"
#include "model/command_bus.hpp"
#include "model/process_bus.hpp"
#include "model/query_bus.hpp"
#include "model/snapshot_keeper.hpp"
#include "varve/clock.hpp"
#include "varve/detail/app_doors.hpp"
#include "varve/keys.hpp"
#include "varve/personal.hpp"
#include "varve/store.hpp"

namespace varve::detail {

/// The two sides; all they have in common is the store.
class AppDoors::Inside {
public:
    Inside(const Store& opened, const Keys* given, const AppOptions& options)
        : store(opened),
          keys(given != nullptr ? AppKeys(store, *given) : AppKeys()),
          snapshots(options.snapshots ? std::make_unique<SnapshotKeeper>(*options.snapshots, store, keys.store())
                                      : nullptr),
          commands(store, options, keys.store(), snapshots.get()),
          queries(store),
          processes(store, commands, keys.sealer(), options.clock != nullptr ? options.clock : system_clock(),
                    options.background) {}
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    /// First what may call all the others.
    ~Inside() { static_cast<void>(commands.stop()); }

    [[nodiscard]] KeysHere keys_here() const { return KeysHere(keys.sealer()); }

    Store store;
    AppKeys keys;
    std::unique_ptr<SnapshotKeeper> snapshots;  ///< nullptr: there are none
    CommandBus commands;
    QueryBus queries;
    ProcessBus processes;
};

}  // namespace varve::detail
