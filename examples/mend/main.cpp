// A handler meets an event that it cannot take: what that costs, and how it is mended. docs/projections.md, "When a
// handler fails".
#include <iostream>
#include <string>

#include "mend/meters.hpp"

namespace {

void show(const varve::App& works) {
    const auto head = works.store().head();
    for (const char* meter : {"m1", "m2"}) {
        const auto used = works.ask(UsedBy{meter}, varve::after(head - 1));
        std::cout << "  " << meter << " has used " << *used << " litres\n";
    }
    const auto status = works.projections().at(0);
    std::cout << "  " << status.name << " is at position " << status.position << " of " << status.head << '\n';
    for (const varve::QuarantinedKey& key : status.quarantined)
        std::cout << "  it lacks " << key.missed << " events of " << key.key << ": " << key.error.message << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const varve::Store store = varve::open(folder + "/water").value();
    const varve::Sqlite file = varve::sqlite(folder + "/usage.db");
    {
        std::cout << "Monday: the meter of m2 is replaced, and its readings begin at nothing again\n";
        varve::App works{store};
        wire(works);
        works.project<monday::Usage>(file);
        works.send(Read{"m1", 120}).value();
        works.send(Read{"m2", 900}).value();
        works.send(Read{"m2", 15}).value();
        works.send(Read{"m1", 150}).value();
        works.send(Read{"m2", 40}).value();
        show(works);
    }
    std::cout << "Tuesday: the program knows of new meters, and goes on with the same file\n";
    varve::App works{store};
    wire(works);
    works.project<tuesday::Usage>(file);
    works.send(Read{"m2", 55}).value();
    show(works);
    const auto retried = works.retry<tuesday::Usage>("meter-m2");
    std::cout << (retried.ok() ? "  m2 is retried: it has heard what it had missed\n" : retried.error().message + '\n');
    show(works);
}
