#include "courses/courses.hpp"

#include <algorithm>

namespace courses {

using varve::accept;
using varve::Decision;
using varve::on;
using varve::reject;

Decision decide(const Enroll& c, const Name& name) {
    if (name.taken) return reject("name.taken");
    return accept(Enrolled{c.number, c.name});
}

Decision decide(const Open& c, const Course& course) {
    if (course.open) return reject("course.exists");
    return accept(CourseOpened{c.course, c.places});
}

Decision decide(const Join& c, const Course& course, const Student& student) {
    if (!course.open) return reject("course.unknown");
    if (std::ranges::count(student.courses, c.course) > 0) return reject("student.joined");
    if (course.free == 0) return reject("course.full");
    if (student.courses.size() >= courses_per_student) return reject("student.too_many");
    return accept(on<Student>(c.student, Joined{c.course, c.student}));
}

Decision decide(const Leave& c, const Course&, const Student& student) {
    if (std::ranges::count(student.courses, c.course) == 0) return reject("student.not_joined");
    return accept(on<Student>(c.student, Left{c.course, c.student}));
}

varve::App school(const varve::Store& store) {
    varve::App app{store};
    app.handle<Enroll, Name>(&Enroll::name, decide);
    app.handle<Open, Course>(&Open::course, decide);
    app.handle<Join, Course, Student>(&Join::course, &Join::student, decide);
    app.handle<Leave, Course, Student>(&Leave::course, &Leave::student, decide);
    return app;
}

}  // namespace courses
