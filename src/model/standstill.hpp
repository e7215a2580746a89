/// Two read models that stand still at one position.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "model/crew.hpp"

namespace varve {

/// Waits until a worker that was told to stand still at this position, or at once, does. Errors: `deadline_exceeded`,
/// and what has ended it before.
[[nodiscard]] Result<> hold_still(Worker& worker, Position limit, Deadline deadline);

/// Of each partition, in order, the projection as of one position.
using PartsReader = std::function<void(std::span<const void* const> parts)>;
/// Calls the reader. Errors: what has ended the projection, and of reading it.
[[nodiscard]] Result<> look_at(const Crew& crew, const PartsReader& reader);

/// From its construction to its end both begin no batch; questions are answered. A thread follows the log in both.
class Standstill {
public:
    Standstill(const Crew& one, const Crew& other);
    Standstill(const Standstill&) = delete;
    Standstill& operator=(const Standstill&) = delete;
    ~Standstill();

    /// All partitions of both are at one position, to which those behind have gone.
    Result<> meet(Deadline deadline);
    /// For one of the two that has failed, the other stands alone.
    void lock();

    /// What is read of a file, in one transaction, stands still by itself.
    void release_files();

private:
    struct Part {
        const Crew& crew;
        Worker& worker;
        std::unique_lock<std::mutex> rows;

        void go() {
            if (rows.owns_lock()) rows.unlock();
            worker.brake().release();
        }
    };

    std::vector<Part> parts_;
};

}  // namespace varve
