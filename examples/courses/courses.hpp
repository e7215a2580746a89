/// Decisions whose facts lie in many streams: a course has so many places, a student joins so many courses, and a name is
/// taken once. No stream holds all that such a decision needs; a query over tags does.
#pragma once

#include <cstdint>
#include <string>
#include <varve/varve.hpp>
#include <vector>

namespace courses {

inline constexpr int courses_per_student = 2;

// Facts, with what they are about.
struct Enrolled {
    std::uint64_t number;
    std::string name;
    std::vector<std::string> tags() const { return {"name:" + name}; }
};
struct CourseOpened {
    std::string course;
    int places;
    std::vector<std::string> tags() const { return {"course:" + course}; }
};
struct Joined {
    std::string course, student;
    std::vector<std::string> tags() const { return {"course:" + course, "student:" + student}; }
};
struct Left {
    std::string course, student;
    std::vector<std::string> tags() const { return {"course:" + course, "student:" + student}; }
};

// What a decision has to know: each is folded from the facts that its query finds, whatever their stream.
struct Name {
    using Events = varve::Events<Enrolled>;
    static varve::Query facts(const std::string& name) { return {{{.tags = {"name:" + name}}}}; }
    bool taken = false;
    void evolve(const Enrolled&) { taken = true; }
};
struct Course {
    using Events = varve::Events<CourseOpened, Joined, Left>;
    static varve::Query facts(const std::string& course) { return {{{.tags = {"course:" + course}}}}; }
    bool open = false;
    int free = 0;
    void evolve(const CourseOpened& e) { open = true, free = e.places; }
    void evolve(const Joined&) { --free; }
    void evolve(const Left&) { ++free; }
};
struct Student {
    using Events = varve::Events<Joined, Left>;
    static varve::Query facts(const std::string& student) { return {{{.tags = {"student:" + student}}}}; }
    std::vector<std::string> courses;
    void evolve(const Joined& e) { courses.push_back(e.course); }
    void evolve(const Left& e) { std::erase(courses, e.course); }
};

// Commands.
struct Enroll {
    std::uint64_t number;
    std::string name;
};
struct Open {
    std::string course;
    int places;
};
struct Join {
    std::string course, student;
};
struct Leave {
    std::string course, student;
};

/// `name.taken`: somebody has that name, whatever the number.
varve::Decision decide(const Enroll& c, const Name& name);
/// `course.exists`.
varve::Decision decide(const Open& c, const Course& course);
/// `course.unknown`, `course.full`, `student.joined`, `student.too_many`.
varve::Decision decide(const Join& c, const Course& course, const Student& student);
/// `student.not_joined`.
varve::Decision decide(const Leave& c, const Course& course, const Student& student);

/// A school over this store, ready for commands.
varve::App school(const varve::Store& store);

}  // namespace courses
