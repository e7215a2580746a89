// A folder behind a server of its own, reached through varve::connect.
#include "conformance/engines.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "server/serving.hpp"
#include "varve/remote.hpp"

namespace varve::conformance {

namespace {

struct Served {
    explicit Served(Store opened)
        : store(std::move(opened)), serving(server::Serving::start(store, {.port = 0}).value()) {}

    Store store;
    std::unique_ptr<server::Serving> serving;
};

using Servers = std::map<std::filesystem::path, std::unique_ptr<Served>>;

/// Ends them before what they stand on is torn down with the program.
class EndOfServers final : public ::testing::Environment {
public:
    explicit EndOfServers(std::shared_ptr<Servers> servers) : servers_(std::move(servers)) {}
    void TearDown() override { servers_->clear(); }

private:
    std::shared_ptr<Servers> servers_;
};

}  // namespace

std::vector<EngineCase> engines() {
    // The servers go on when their clients close; what is asked for again is there.
    const auto served = std::make_shared<Servers>();
    ::testing::AddGlobalTestEnvironment(new EndOfServers(served));
    return {
        {.name = "remote",
         .open = [served](const std::filesystem::path& folder) -> Result<Store> {
             auto& there = (*served)[folder];
             if (there == nullptr) {
                 auto store = open(folder.string());
                 if (!store.ok()) return std::move(store).error();
                 there = std::make_unique<Served>(*store);
             }
             return connect("varve://127.0.0.1:" + std::to_string(there->serving->port()));
         },
         .can_reopen = true,
         .durability = Durability::durable},
    };
}

}  // namespace varve::conformance
