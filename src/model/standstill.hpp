/// Two read models that stand still at one position.
#pragma once

#include <mutex>

#include "model/crew.hpp"

namespace varve {

/// Waits until a projection that was told to stand still at this position, or at once, does. Errors: `deadline_exceeded`,
/// and what has ended it before.
[[nodiscard]] Result<> hold_still(const Crew& crew, Position limit, Deadline deadline);

/// Calls the reader with the projection as of one position, which is answered.
[[nodiscard]] Result<Position> look_at(const Crew& crew, const ReadModel::Reader& reader);

/// From its construction to its end both begin no batch; questions are answered. Both are in one partition.
class Standstill {
public:
    Standstill(const Crew& one, const Crew& other) : one_{one, {}}, other_{other, {}} {
        one_.crew.only().brake().hold_at({});
        other_.crew.only().brake().hold_at({});
    }
    Standstill(const Standstill&) = delete;
    Standstill& operator=(const Standstill&) = delete;
    ~Standstill() {
        one_.go();
        other_.go();
    }

    /// They are at one position, which the one behind has gone to.
    Result<> meet(Deadline deadline);
    /// For one of the two that has failed, the other stands alone.
    void lock() {
        // Somebody may be about to retry a key.
        one_.rows = one_.crew.only().lock_rows();
        other_.rows = other_.crew.only().lock_rows();
    }

    /// What is read of a file, in one transaction, stands still by itself.
    void release_files() {
        for (Side* each : {&one_, &other_}) {
            if (each->crew.options().file) each->go();
        }
    }

private:
    struct Side {
        const Crew& crew;
        std::unique_lock<std::mutex> rows;

        void go() {
            if (rows.owns_lock()) rows.unlock();
            crew.only().brake().release();
        }
    };

    Side one_;
    Side other_;
};

}  // namespace varve
