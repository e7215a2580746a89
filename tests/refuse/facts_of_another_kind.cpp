// varve: the facts of a state are a query: static varve::Query facts(const std::string& key)
#include <string>
#include <varve/varve.hpp>

struct Joined {
    std::string course;
};
struct Course {
    using Events = varve::Events<Joined>;
#ifdef REPAIRED
    static varve::Query facts(const std::string& course) { return {{{.tags = {"course:" + course}}}}; }
#else
    static std::string facts(const std::string& course) { return "course:" + course; }
#endif
    void evolve(const Joined&) {}
};

auto loaded(const varve::App& school) {
    return school.load<Course>("music");
}
