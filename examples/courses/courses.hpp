/// Decisions whose facts lie in many streams: a course has so many places, a student joins so many courses, and a name is
/// taken once. No stream holds all that such a decision needs; a query over tags does.
#pragma once

#include <cstdint>
#include <string>
#include <varve/varve.hpp>

namespace courses {

inline constexpr int courses_per_student = 2;

/// Facts of one store. Every function decides and appends; `failed_precondition` with a `reason` is a rejection.
/// Safe from any thread: what keeps the rules is the store, not this class.
class Courses {
public:
    explicit Courses(const varve::Store& store) : store_(store) {}

    /// Registers a student; `name.taken` when somebody has that name, whatever the student's number.
    varve::Result<varve::Receipt> enroll(std::uint64_t number, const std::string& name);
    /// Opens a course with so many places; `course.exists`.
    varve::Result<varve::Receipt> open(const std::string& course, int places);
    /// Joins a course; `course.unknown`, `course.full`, `student.joined`, `student.too_many`.
    varve::Result<varve::Receipt> join(const std::string& course, const std::string& student);
    /// Leaves a course again; `student.not_joined`.
    varve::Result<varve::Receipt> leave(const std::string& course, const std::string& student);

    /// For reading.
    [[nodiscard]] const varve::Store& store() const { return store_; }

private:
    varve::Store store_;
};

}  // namespace courses
