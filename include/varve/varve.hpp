/// All of Varve but the testing kit: the store, the application model, and what they speak in.
#pragma once

#if __cplusplus < 202002L
#error "varve needs C++20: compile with -std=c++20 or newer (CMake: target_compile_features(... cxx_std_20))"
#else
#include "varve/app.hpp"
#include "varve/backup.hpp"
#include "varve/codec.hpp"
#include "varve/command.hpp"
#include "varve/commit.hpp"
#include "varve/compact.hpp"
#include "varve/decision.hpp"
#include "varve/diff.hpp"
#include "varve/engine.hpp"
#include "varve/entity.hpp"
#include "varve/event.hpp"
#include "varve/events.hpp"
#include "varve/inspect.hpp"
#include "varve/json.hpp"
#include "varve/limits.hpp"
#include "varve/operations.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"
#include "varve/reflect.hpp"
#include "varve/result.hpp"
#include "varve/retention.hpp"
#include "varve/selection.hpp"
#include "varve/store.hpp"
#include "varve/table.hpp"
#include "varve/types.hpp"
#include "varve/version.hpp"
#endif
