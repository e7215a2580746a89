#include "varve/detail/command_route.hpp"

namespace varve::detail {

std::vector<std::string> CommandRoute::keys(const void* sent) const {
    std::vector<std::string> keys;
    keys.reserve(entities.size());
    user.keys(user.own.get(), sent, keys);
    return keys;
}

Decision CommandRoute::decide(const void* sent, const void* const* states) const {
    return user.decide(user.own.get(), sent, states);
}

std::pair<Completion, std::future<Result<Receipt>>> promised_receipt() {
    const auto promise = std::make_shared<std::promise<Result<Receipt>>>();
    auto future = promise->get_future();
    return {[promise](Result<Receipt> answer) { promise->set_value(std::move(answer)); }, std::move(future)};
}

}  // namespace varve::detail
