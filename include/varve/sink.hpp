/// An answer in pieces: however long it is, one piece of it is in memory.
///
///     struct AllRows { using Pieces = Balance; };
///     void answer(const AllRows&, const varve::Sink<Balance>& out) const {              // in the projection
///         balances.for_each([&](const Balance& row) { return out(row); });
///     }
///     auto end = bank.stream(AllRows{}, [&](const Balance& row) { file << row.account << '\n'; });
///     if (end.ok()) std::cout << *end << " rows as of position " << end.position() << '\n';
#pragma once

#include <cstdint>
#include <exception>
#include <type_traits>

namespace varve {

/// Where an answer in pieces puts them, one after the other, in the thread that asked.
template <class Piece>
class Sink {
public:
    using Take = bool (*)(void* to, const Piece& piece);

    Sink(Take take, void* to) : take_(take), to_(to) {}

    /// Gives one piece. False: nobody wants more of them; return.
    bool operator()(const Piece& piece) const { return take_(to_, piece); }

private:
    Take take_;
    void* to_;
};

namespace detail {

/// What `stream` gives the pieces to: counts them, and keeps what the receiver throws from passing through the read model.
template <class Piece, class F>
class Receiver {
public:
    static_assert(std::is_invocable_v<F&, const Piece&>, "varve: what receives the pieces takes (const Piece&)");

    explicit Receiver(F& f) : f_(f) {}

    [[nodiscard]] Sink<Piece> sink() {
        return {[](void* to, const Piece& piece) { return static_cast<Receiver*>(to)->take(piece); }, this};
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    bool take(const Piece& piece) {
        if (!wanted_) return false;
        ++count_;
        try {
            if constexpr (std::is_same_v<std::invoke_result_t<F&, const Piece&>, bool>) {
                wanted_ = f_(piece);
            } else {
                f_(piece);
            }
        } catch (...) {
            thrown_ = std::current_exception();
            wanted_ = false;
        }
        return wanted_;
    }

    F& f_;
    std::uint64_t count_ = 0;
    bool wanted_ = true;
    std::exception_ptr thrown_;
};

}  // namespace detail
}  // namespace varve
