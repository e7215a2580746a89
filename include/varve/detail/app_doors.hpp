/// Inside the model: what the templates of varve::App come to once their types are gone. Apart from varve/app.hpp, so that
/// what an application reads there is what it may call.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "varve/app_options.hpp"
#include "varve/command.hpp"
#include "varve/detail/command_route.hpp"
#include "varve/detail/process_type.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/detail/stored_names.hpp"
#include "varve/diff.hpp"
#include "varve/effects.hpp"
#include "varve/entity.hpp"
#include "varve/export.hpp"
#include "varve/gather.hpp"
#include "varve/keys.hpp"
#include "varve/live.hpp"
#include "varve/process.hpp"
#include "varve/projection.hpp"
#include "varve/projection_options.hpp"
#include "varve/query.hpp"
#include "varve/rebuild.hpp"
#include "varve/result.hpp"
#include "varve/schedule.hpp"
#include "varve/store.hpp"

namespace varve::detail {

/// What each does, and its errors, stand at the function of its name in App.
class VARVE_API AppDoors {
protected:
    class Inside;

    /// `keys`: nullptr: there are none.
    AppDoors(const Store& store, const Keys* keys, const AppOptions& options);
    AppDoors(AppDoors&&) noexcept;
    AppDoors& operator=(AppDoors&&) noexcept;
    ~AppDoors();

    Wiring add(CommandRoute route);
    void use(std::type_index type, Middleware middleware);
    Wiring add(AnswerFunction function);
    Wiring add(EffectPerformer performer);
    Wiring run(const ProcessType& type);
    Result<Scheduled> schedule(std::string_view command, Result<std::string> data, Timestamp at,
                               const CommandOptions& options);
    /// Beyond what can be scheduled, where the sum would be beyond that.
    [[nodiscard]] Timestamp due_after(std::chrono::duration<double> after) const;
    Result<Instance<int>> find_instance(const ProcessType& type, const std::string& key, const AsOf& as_of,
                                        std::shared_ptr<void>& state) const;
    Wiring project(const ProjectionType& type, const ProjectionOptions& options);
    Result<Rebuild> rebuild(const ComparedType& old_type, const ComparedType& new_type, const RebuildOptions& options);
    Result<Receipt> send(std::type_index type, const void* command, CommandContext& context);
    void send_async(std::type_index type, std::shared_ptr<const void> command, CommandContext context, Completion done);
    Result<Position> ask(std::type_index type, std::string_view name, const void* query, const After& after,
                         void* answer) const;
    Result<std::unique_ptr<LiveSource>> watch(std::type_index type, std::string_view name,
                                              const LiveOptions& options) const;
    Result<std::vector<Reply>> scatter(const Scattered& query, const After& within) const;
    Result<> fold(const StateType& type, const std::string& stream, const AsOf& as_of, void* state,
                  std::optional<Revision>& revision, std::optional<Position>& position) const;
    Result<std::vector<StateChange>> diff(const StateType& type, const std::string& stream,
                                          std::optional<Revision> from, std::optional<Revision> until,
                                          const StoredForm& form, void* state) const;
    /// By all that is wired.
    [[nodiscard]] std::vector<StoredNames> stored() const;
    Result<Position> replay(const ProjectionType& type, const AsOf& as_of, void* model) const;

    std::unique_ptr<Inside> inside_;
};

}  // namespace varve::detail
