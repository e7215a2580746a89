#include "social/network.hpp"

#include <gtest/gtest.h>

#include "social/crowd.hpp"
#include "varve/testing.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"

namespace social {
namespace {

using namespace varve::testing;

const Posted post{"b1", "bob", "rain"};
const Shared shared{"b1", "bob", "cyd", "rain"};

TEST(Person, follows_others_once) {
    given<Person>().when(Follow{"ann", "bob"}).then(Followed{"ann", "bob"});
    given<Person>(Followed{"ann", "bob"}).when(Follow{"ann", "bob"}).then();
    given<Person>(Followed{"ann", "bob"}).when(Unfollow{"ann", "bob"}).then(Unfollowed{"ann", "bob"});
    given<Person>().when(Unfollow{"ann", "bob"}).then();
    given<Person>().when(Follow{"ann", "ann"}).then_rejected("person.itself");
    given<Person>().when(Follow{"ann", "b/ob"}).then_rejected("name.invalid");
}

TEST(Post, is_written_shared_and_removed) {
    given<Post>().when(Write{"b1", "bob", "rain"}).then(post);
    given<Post>().when(Write{"b1", "bob", ""}).then_rejected("post.length");
    given<Post>().when(Write{"b1", "", "rain"}).then_rejected("name.invalid");
    given<Post>(post).when(Write{"b1", "bob", "sun"}).then_rejected("post.exists");
    given<Post>(post).when(Share{"b1", "cyd"}).then(shared);
    given<Post>(post, shared).when(Share{"b1", "cyd"}).then();
    given<Post>(post).when(Share{"b1", "bob"}).then_rejected("post.own");
    given<Post>(post).when(Remove{"b1", "cyd"}).then_rejected("post.not_yours");
    given<Post>(post).when(Remove{"b1", "bob"}).then(Removed{"b1"});
    given<Post>(post, Removed{"b1"}).when(Share{"b1", "cyd"}).then_rejected("post.unknown");
}

TEST(Network, stores_what_it_has_stored) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    check_schema("schema.lock", app.schema());
}

TEST(Network, holds_whatever_happens) {
    check_state<Person>();
    check_state<Post>();
}

}  // namespace
}  // namespace social
