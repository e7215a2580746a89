#include "varve/projection_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "model/moody_fixture.hpp"
#include "model/sqlite_database.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using moody::Deposit;
using moody::Moody;
using moody::Open;

TEST(ProjectionFile, tells_what_the_program_knew) {
    const TempFolder folder;
    const std::string path = folder.file("moody.db");
    moody::fail_at(13);
    App app = bank::in_memory();
    app.project<Moody>({.file = sqlite(path), .first_delay = std::chrono::milliseconds(1)});
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 13}).value();
    const auto last = app.send(Deposit{"a1", 5});
    app.ask(moody::BalanceOf{"a1"}, after(last)).value();
    const std::string store = app.store().info()->id;
    auto file = look_into_projection(path).value();
    EXPECT_EQ(file.position, Position{3});
    ASSERT_EQ(file.quarantined.size(), 1U);
    EXPECT_EQ(file.quarantined[0].key, "account-a1");
    EXPECT_EQ(file.quarantined[0].missed, 2U);
    EXPECT_EQ(file.quarantined[0].wish, "");

    EXPECT_TRUE(app.close().ok());
    file = look_into_projection(path).value();
    EXPECT_EQ(file.projection, "Moody");
    EXPECT_EQ(file.store, store);
    EXPECT_EQ(file.position, Position{3});
    EXPECT_EQ(file.state, "stopped");
    EXPECT_EQ(file.head, Position{3});
    EXPECT_GT(file.events_per_second, 0);
    EXPECT_NE(file.last_error.value().find("moody about 13"), std::string::npos);
    EXPECT_TRUE(file.written.has_value());
}

TEST(ProjectionFile, refuses_what_is_none) {
    const TempFolder folder;
    EXPECT_EQ(look_into_projection(folder.file("none.db")).error().code, Code::not_found);
    EXPECT_FALSE(std::filesystem::exists(folder.file("none.db")));

    std::ofstream(folder.file("text")) << std::string(5000, 'x');
    for (const auto& error :
         {look_into_projection(folder.file("text")).error(), wish_retry(folder.file("text"), "a").error()}) {
        EXPECT_EQ(error.code, Code::invalid_argument);
        EXPECT_NE(error.message.find("is no file of a projection"), std::string::npos) << error;
    }
    SqliteDatabase(folder.file("other.db"), true).run("CREATE TABLE mine (a)");
    EXPECT_EQ(look_into_projection(folder.file("other.db")).error().code, Code::invalid_argument);
}

/// A file of a release that had no quarantine.
TEST(ProjectionFile, of_an_older_release_is_read_and_opened) {
    const TempFolder folder;
    const std::string path = folder.file("moody.db");
    moody::mend();
    const Store store = open("memory:").value();
    {
        App app{store};
        app.project<Moody>(sqlite(path));
    }
    SqliteDatabase(path, true).run("DROP TABLE varve_quarantine; DROP TABLE varve_status");
    const auto file = look_into_projection(path).value();
    EXPECT_EQ(file.projection, "Moody");
    EXPECT_EQ(file.state, "");
    EXPECT_TRUE(file.quarantined.empty());
    EXPECT_EQ(wish_retry(path, "account-a1").error().code, Code::not_found);
    App app{store};
    EXPECT_TRUE(app.project<Moody>(sqlite(path)).ok());
}

}  // namespace
}  // namespace varve
