#include "model/written_events.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "varve/store.hpp"

namespace varve {
namespace {

TEST(WrittenEvents, are_those_that_a_read_shows) {
    Store store = open("memory:").value();
    const auto event = [](const std::string& stream, std::vector<std::string> tags) {
        return NewEvent{.stream = stream,
                        .type = "Noted",
                        .data = R"({"of":")" + stream + "\"}",
                        .metadata = "{}",
                        .tags = std::move(tags),
                        .id = EventId::random()};
    };
    Commit before;
    for (const std::string stream : {"a", "b", "b"}) before.events.push_back(event(stream, {}));
    store.append(std::move(before)).value();
    Commit commit;
    commit.events = {event("b", {"x:1", "y"}), event("a", {}), event("b", {"z"}), event("c", {}), event("b", {})};
    WrittenEvents written(commit.events);
    written.place(store.append(std::move(commit)).value());

    auto cursor = store.read({.from = Position{3}}).value();
    ASSERT_EQ(written.events().size(), 5U);
    for (const Event& seen : written.events()) {
        const Event* stored = cursor.next();
        ASSERT_NE(stored, nullptr);
        EXPECT_EQ(seen.position, stored->position);
        EXPECT_EQ(seen.revision, stored->revision);
        EXPECT_EQ(seen.id, stored->id);
        EXPECT_EQ(seen.created, stored->created);
        EXPECT_EQ(seen.stream, stored->stream);
        EXPECT_EQ(seen.type, stored->type);
        EXPECT_EQ(seen.content_type, stored->content_type);
        EXPECT_EQ(seen.data, stored->data);
        EXPECT_EQ(seen.metadata, stored->metadata);
        EXPECT_EQ(seen.tags.packed(), stored->tags.packed());
    }
}

}  // namespace
}  // namespace varve
