#include "varve/detail/command_route.hpp"

namespace varve::detail {

Result<std::shared_ptr<void>> CommandRoute::parse(std::string_view json) const {
    if (make == nullptr) return unreadable_command();
    std::shared_ptr<void> fresh = make();
    Result<> read = read_whole(form, fresh.get(), json);
    if (!read.ok()) return std::move(read).error();
    return fresh;
}

CommandRoute route_of(const CommandType& command, std::initializer_list<const StateType*> entities,
                      const UserHandler& user) {
    return {command, entities, user, {user.own, user.destroy}};
}

std::vector<std::string> CommandRoute::keys(const void* sent) const {
    std::vector<std::string> keys;
    keys.reserve(entities.size());
    user.keys(user.own, sent, keys);
    return keys;
}

Decision CommandRoute::decide(const void* sent, const void* const* states) const {
    return user.decide(user.own, sent, states);
}

std::pair<Completion, std::future<Result<Receipt>>> promised_receipt() {
    const auto promise = std::make_shared<std::promise<Result<Receipt>>>();
    auto future = promise->get_future();
    return {[promise](Result<Receipt> answer) { promise->set_value(std::move(answer)); }, std::move(future)};
}

}  // namespace varve::detail
