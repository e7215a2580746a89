#include "model/facts.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "varve/varve.hpp"

namespace school {

struct CourseOpened {
    std::string course;
    int places;
    std::vector<std::string> tags() const { return {"course:" + course}; }
};
struct Joined {
    std::string course, student;
    std::vector<std::string> tags() const { return {"course:" + course, "student:" + student}; }
};

struct Course {
    using Events = varve::Events<CourseOpened, Joined>;
    static varve::Query facts(const std::string& course) { return {{{.tags = {"course:" + course}}}}; }
    int free = 0;
    void evolve(const CourseOpened& e) { free = e.places; }
    void evolve(const Joined&) { --free; }
};

struct Student {
    using Events = varve::Events<Joined>;
    static varve::Query facts(const std::string& student) { return {{{.tags = {"student:" + student}}}}; }
    int courses = 0;
    void evolve(const Joined&) { ++courses; }
};

struct Open {
    std::string course;
    int places;
};
struct Join {
    std::string course, student;
};

varve::Decision decide(const Open& c, const Course&) {
    return varve::accept(CourseOpened{c.course, c.places})
        .require(varve::NoEventMatches{{{{.types = {"CourseOpened"}, .tags = {"course:" + c.course}}}}});
}

varve::Decision decide(const Join& c, const Course& course, const Student& student) {
    if (course.free == 0) return varve::reject("course.full");
    if (student.courses == 2) return varve::reject("student.busy");
    return varve::accept(varve::on<Course>(c.course, Joined{c.course, c.student}));
}

}  // namespace school

namespace varve {
namespace {

using school::Course;
using school::Join;
using school::Open;
using school::Student;

class Facts : public ::testing::Test {
public:
    Facts() {
        app.handle<Open, Course>(&Open::course, school::decide);
        app.handle<Join, Course, Student>(&Join::course, &Join::student, school::decide);
        app.use([this](CommandContext& context, const Next& next) {
            auto receipt = next();
            attempts = context.attempts();
            return receipt;
        });
    }
    std::string reason_of(const Join& join) { return app.send(join).error().reason; }

    App app{varve::open("memory:").value()};
    std::atomic<int> attempts = 0;
};

TEST_F(Facts, are_found_by_tags_in_whatever_stream) {
    app.send(Open{"music", 2}).value();
    const auto joined = app.send(Join{"music", "ann"}).value();
    EXPECT_EQ(joined.streams.front().stream, "course-music");
    auto elsewhere = detail::new_event(school::Joined{"music", "bob"}).value();
    app.store().append(Commit{}.append("import-1", Expected::any(), {elsewhere})).value();
    EXPECT_EQ(app.load<Course>("music")->state.free, 0);
    EXPECT_EQ(app.load<Student>("bob")->state.courses, 1);
    EXPECT_EQ(reason_of({"music", "eve"}), "course.full");
}

TEST_F(Facts, hold_over_several_entities) {
    for (const char* course : {"music", "art", "chess"}) app.send(Open{course, 9}).value();
    app.send(Join{"music", "ann"}).value();
    app.send(Join{"art", "ann"}).value();
    EXPECT_EQ(reason_of({"chess", "ann"}), "student.busy");
    EXPECT_TRUE(app.send(Join{"chess", "bob"}).ok());
}

TEST_F(Facts, are_guarded_against_who_comes_first) {
    static constexpr int places = 20;
    app.send(Open{"music", places}).value();
    std::atomic<int> joined = 0, full = 0, other = 0;
    {
        std::vector<std::jthread> clerks;
        for (int clerk = 0; clerk < 4; ++clerk) {
            clerks.emplace_back([&, clerk] {
                for (int n = 0; n < 10; ++n) {
                    const Join join{"music", "s" + std::to_string(clerk * 10 + n)};
                    auto outcome = app.send(join);
                    while (!outcome.ok() && outcome.error().code == Code::aborted) outcome = app.send(join);
                    ++(outcome.ok() ? joined : outcome.error().reason == "course.full" ? full : other);
                }
            });
        }
    }
    EXPECT_EQ(joined, places);
    EXPECT_EQ(full, places);
    EXPECT_EQ(other, 0);
}

TEST_F(Facts, of_others_are_not_in_the_way_and_new_ones_are_folded) {
    app.send(Open{"music", 2}).value();
    int decisions = 0;
    const auto interrupted = [&](const Join& c, const Course& course, const Student& student) {
        if (++decisions == 1) {
            auto event = detail::new_event(school::Joined{"art", "eve"}).value();
            app.store().append(Commit{}.append("import-1", Expected::any(), {event})).value();
        }
        return school::decide(c, course, student);
    };
    App second{app.store()};
    second.handle<Join, Course, Student>(&Join::course, &Join::student, interrupted);
    EXPECT_TRUE(second.send(Join{"music", "ann"}).ok());
    EXPECT_EQ(decisions, 1) << "neither the course nor the student is of this one";
    decisions = 0;
    EXPECT_EQ(second.send(Join{"music", "eve"}).error().reason, "student.busy") << "as the new fact says";
    EXPECT_EQ(decisions, 2);
}

TEST_F(Facts, a_condition_by_hand_holds_beside_them) {
    const auto opened = app.send(Open{"music", 2}).value();
    const auto again = app.send(Open{"music", 3});
    EXPECT_EQ(again.error().code, Code::aborted);
    EXPECT_GT(attempts, 1);
    EXPECT_EQ(app.store().head(), opened.last + 1);
}

TEST_F(Facts, have_a_past_but_no_revision) {
    app.send(Open{"music", 2}).value();
    const auto joined = app.send(Join{"music", "ann"}).value();
    EXPECT_EQ(app.load<Course>("music", as_of(Position{0}))->state.free, 2);
    EXPECT_EQ(app.load<Course>("music", as_of(joined.time))->state.free, 1);
    const auto now = app.load<Course>("music").value();
    EXPECT_EQ(now.position, Position{1});
    EXPECT_EQ(now.revision, std::nullopt);
    EXPECT_TRUE(now.exists());
    EXPECT_FALSE(app.load<Course>("art")->exists());
    EXPECT_EQ(app.load<Course>("music", as_of(Revision{0})).error().code, Code::invalid_argument);
    EXPECT_EQ(app.load<Course>("").error().code, Code::invalid_argument);
}

struct Careless {
    using Events = varve::Events<school::Joined>;
    static Query facts(const std::string& key) {
        if (key == "throws") throw std::runtime_error("no such thing");
        return {};
    }
    void evolve(const school::Joined&) {}
};

TEST_F(Facts, that_ask_for_nothing_or_throw_are_named) {
    const auto thrown = app.load<Careless>("throws").error();
    EXPECT_EQ(thrown.code, Code::unknown);
    EXPECT_NE(thrown.message.find("facts of Careless for careless-throws threw: no such thing"), std::string::npos)
        << thrown;
    EXPECT_EQ(app.load<Careless>("empty").error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace varve
