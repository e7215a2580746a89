#include "packages/help.hpp"

#include <algorithm>
#include <array>

namespace packages {
namespace {

constexpr std::string_view overview = R"(packages: the package history of this machine as events

  packages play      import, questions, time travel and proofs in one go
  packages import    read what is new in the logs
  packages follow    import, then show live what dpkg does
  packages report    what is installed, what came last, the busiest day, what could not be believed
  packages installed [--as-of TIME]    every package that works, now or at a moment of the log's own time
  packages history NAME                what happened to one package: libc6:amd64
  packages prove     fold every package and hold it against dpkg-query
  packages crash     kill an import again and again, and look for everything that was acknowledged
  packages next      commands to look at the store with

  `packages VERB --help` tells more of one.

)";

constexpr std::string_view options = R"(
  --log FILE    the log, with its rotated copies beside it  (/var/log/dpkg.log)
  --data DIR    where the store and the read models are     (data/packages)
  --varve PATH  the command line, as `next` shows it        (varve)
  --dpkg FILE   take dpkg-query's answer from a file: lines of `name:arch status version`

Exit codes: 0 it worked, 1 it did not or the proof failed, 2 wrong use.
)";

struct Chapter {
    std::string_view verb;
    std::string_view text;
};

constexpr auto chapters = std::to_array<Chapter>({
    {"play", R"(packages play: everything in one go

Imports the logs, asks questions, travels in time, holds the history against dpkg-query, and kills an import three
times to see whether anything acknowledged is lost. Played again, it goes on with what is there.

  packages play
  packages play --data ./try --as-of 2025-06-25
)"},
    {"import", R"(packages import: read what is new in the logs

One line of a log becomes one command and at least one durable event. It goes on where the store says it stopped, so
it may be ended at any point and run again. While it runs, others may look, nobody else may write.

  packages import
  packages import --log ./copied/dpkg.log --data ./try
)"},
    {"follow", R"(packages follow: import, then show live what dpkg does

Waits for new lines of the log, stores each, and shows it when it is durable, until Ctrl-C; also after logrotate has
put a new file in the old one's place. Only the beginning and the end of each installation, upgrade and removal are
shown; everything is stored. The first line that it does not understand is shown, the rest counted at the end; they
are stored too, as LineUnknown.

  packages follow                     then, in another terminal: apt-get install hello
  packages follow --log ./my.log      with a log of your own: append lines to it and watch
)"},
    {"report", R"(packages report: what the read models know

What is installed, what came last, the busiest day, the lines that could not be believed. It takes no lock: it works
while `packages follow` runs.

  packages report
)"},
    {"installed", R"(packages installed: every package that works, one a line

Now, or at a moment of the log's own time: TIME is 2025-06-25, '2025-06-25 14:00' or 2025-06-25T14:00:05, local as
dpkg writes it.

  packages installed
  packages installed --as-of 2025-06-25
)"},
    {"history", R"(packages history NAME: what happened to one package

NAME is the package with its architecture, as dpkg's log has it.

  packages history libc6:amd64
)"},
    {"prove", R"(packages prove: hold the history against the machine

Folds every package's events, compares them with the read model and with dpkg-query, and lists what differs and why.
Exit code 1 when dpkg says something else.

  packages prove
  packages prove --dpkg answer.txt    from: dpkg-query -W -f '${Package}:${Architecture} ${db:Status-Status} ${Version}\n'
)"},
    {"crash", R"(packages crash: kill an import again and again

A child process imports the largest log and reports each line when its receipt has come; it is killed three times,
and each time everything reported is looked for. In a folder of its own inside --data; your store is not touched.

  packages crash
)"},
    {"next", R"(packages next: commands to look at the store with

Prints commands of `varve` that fit what is stored. --varve says how that binary is to be called.

  packages next --varve build/release/src/cli/varve
)"},
});

}  // namespace

std::string help(std::string_view verb) {
    const auto chapter = std::ranges::find(chapters, verb, &Chapter::verb);
    return std::string(chapter == chapters.end() ? overview : chapter->text).append(options);
}

}  // namespace packages
