/// An App with two accounts and a projection that fails, in memory and in SQLite.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "model/moody_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {

enum class Place { memory, sqlite };

class Trouble : public ::testing::TestWithParam<Place> {
public:
    Trouble() {
        moody::mend();
        bank::wire(app);
        app.send(moody::Open{"a1", "Ann"}).value();
        app.send(moody::Open{"a2", "Bob"}).value();
    }
    template <class P = moody::Moody>
    void project(ProjectionOptions options = {}) {
        options.first_delay = std::chrono::milliseconds(1);
        if (GetParam() == Place::sqlite) options.file = sqlite(path);
        ASSERT_TRUE(app.project<P>(options).ok());
    }
    std::optional<std::int64_t> balance(const std::string& account) {
        return app.ask(moody::BalanceOf{account}, all()).value();
    }
    ProjectionStatus status() { return app.projections().at(0); }
    After all() { return after(app.store().head() - 1, std::chrono::seconds(30)); }

    TempFolder folder;
    std::string path = folder.file("moody.db");
    App app{open("memory:").value()};
};

}  // namespace varve
