#include "base/forks.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "varve/types.hpp"

namespace varve {
namespace {

TEST(Forks, AChildKnowsThatItIsOne) {
    const std::uint32_t before = fork_generation();
    EXPECT_EQ(fork_generation(), before);
    const pid_t child = ::fork();
    if (child == 0) ::_exit(fork_generation() == before ? 1 : 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(fork_generation(), before) << "the parent is who it was";
}

TEST(Forks, AChildDrawsOtherIds) {
    static_cast<void>(EventId::random());  // the pool of ids is full now
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    const EventId drawn = EventId::random();
    if (child == 0) ::_exit(::write(ends[1], drawn.bytes.data(), drawn.bytes.size()) == 16 ? 0 : 1);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    EventId of_child;
    ASSERT_EQ(::read(ends[0], of_child.bytes.data(), of_child.bytes.size()), 16);
    EXPECT_NE(of_child, drawn);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace varve
