#include "courses/courses.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace courses {
namespace {

using varve::Commit;
using varve::Error;
using varve::Event;
using varve::Expected;
using varve::NewEvent;
using varve::Position;
using varve::Query;
using varve::Receipt;
using varve::Result;
using varve::Store;

std::string course_tag(const std::string& course) {
    return "course:" + course;
}

std::string student_tag(const std::string& student) {
    return "student:" + student;
}

Error reject(std::string reason, std::string message) {
    return {.code = varve::Code::failed_precondition, .message = std::move(message), .reason = std::move(reason)};
}

/// What joining and leaving have to know: a fold of the events of one course and one student.
struct Situation {
    int places = 0;
    int joined_course = 0;   // by all students
    int joined_student = 0;  // of all courses
    bool exists = false;
    bool member = false;

    void see(const Event& event, const std::string& course, const std::string& student) {
        const bool ours = event.tags.contains(course_tag(course));
        const bool theirs = event.tags.contains(student_tag(student));
        if (event.type == "CourseOpened") {
            exists = true;
            places = std::stoi(std::string(event.data));
            return;
        }
        const int step = event.type == "Joined" ? 1 : -1;
        if (ours) joined_course += step;
        if (theirs) joined_student += step;
        if (ours && theirs) member = step > 0;
    }
};

using Decide = std::function<Result<NewEvent>(const Situation&)>;

/// Reads, decides, appends; and once more from the start when a fact came between that the query would have shown.
Result<Receipt> decide_within(Store& store, const std::string& course, const std::string& student,
                              const Decide& decide) {
    const Query boundary{{{.types = {"CourseOpened", "Joined", "Left"}, .tags = {course_tag(course)}},
                          {.types = {"Joined", "Left"}, .tags = {student_tag(student)}}}};
    for (;;) {
        Situation situation;
        const Position head = store.head();
        const std::optional<Position> known = head == Position{0} ? std::nullopt : std::optional(head - 1);
        if (known) {
            auto cursor = store.read({.source = boundary, .until = known});
            if (!cursor) return std::move(cursor).error();
            auto read = cursor->each([&](const Event& event) { situation.see(event, course, student); });
            if (!read) return std::move(read).error();
        }
        auto event = decide(situation);
        if (!event) return std::move(event).error();
        event->tags = {course_tag(course), student_tag(student)};
        auto receipt = store.append(Commit{.events = {*std::move(event)}}.unless(boundary, known));
        if (receipt || receipt.error().code != varve::Code::aborted) return receipt;
    }
}

}  // namespace

Result<Receipt> Courses::enroll(std::uint64_t number, const std::string& name) {
    const std::string tag = "name:" + name;
    auto receipt = store_.append(Commit{
        .events = {{.stream = "student-" + std::to_string(number),
                    .type = "Enrolled",
                    .data = "\"" + name + "\"",
                    .tags = {tag}}}}.unless({{{.tags = {tag}}}}));
    if (receipt || receipt.error().code != varve::Code::aborted) return receipt;
    return reject("name.taken",
                  name + " is taken since position " + std::to_string(receipt.error().conflict->found->value));
}

Result<Receipt> Courses::open(const std::string& course, int places) {
    auto receipt = store_.append(Commit{}.append(
        "course-" + course, Expected::none(),
        {{.stream = {}, .type = "CourseOpened", .data = std::to_string(places), .tags = {course_tag(course)}}}));
    if (receipt || receipt.error().code != varve::Code::aborted) return receipt;
    return reject("course.exists", "there is a course " + course);
}

Result<Receipt> Courses::join(const std::string& course, const std::string& student) {
    return decide_within(store_, course, student, [&](const Situation& now) -> Result<NewEvent> {
        if (!now.exists) return reject("course.unknown", "there is no course " + course);
        if (now.member) return reject("student.joined", student + " has joined " + course);
        if (now.joined_course >= now.places) return reject("course.full", course + " is full");
        if (now.joined_student >= courses_per_student) return reject("student.too_many", student + " has enough to do");
        return NewEvent{.stream = "student-" + student, .type = "Joined"};
    });
}

Result<Receipt> Courses::leave(const std::string& course, const std::string& student) {
    return decide_within(store_, course, student, [&](const Situation& now) -> Result<NewEvent> {
        if (!now.member) return reject("student.not_joined", student + " has not joined " + course);
        return NewEvent{.stream = "student-" + student, .type = "Left"};
    });
}

}  // namespace courses
