/// A list that nearly always has few elements: the first of them lie in the object itself, and cost no allocation.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace varve {

/// As a std::vector, of things that are no more than their bytes. Up to N lie in the object, more in a vector.
template <class T, std::size_t N>
class Few {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

public:
    void reserve(std::size_t count) {
        if (count > N) many_.reserve(count);
    }
    void push_back(const T& value) {
        if (many_.empty() && few_ < N) {
            std::construct_at(reinterpret_cast<T*>(room_) + few_++, value);
            return;
        }
        const T copy = value;  // which may be one of these
        if (many_.empty()) many_.assign(begin(), end());
        few_ = 0;
        many_.push_back(copy);
    }
    void clear() {
        few_ = 0;
        many_.clear();
    }

    [[nodiscard]] std::size_t size() const { return many_.empty() ? few_ : many_.size(); }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] T* data() { return many_.empty() ? std::launder(reinterpret_cast<T*>(room_)) : many_.data(); }
    [[nodiscard]] const T* data() const {
        return many_.empty() ? std::launder(reinterpret_cast<const T*>(room_)) : many_.data();
    }
    [[nodiscard]] T& operator[](std::size_t i) { return data()[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return data()[i]; }
    [[nodiscard]] T& front() { return data()[0]; }
    [[nodiscard]] const T& front() const { return data()[0]; }
    [[nodiscard]] T* begin() { return data(); }
    [[nodiscard]] T* end() { return data() + size(); }
    [[nodiscard]] const T* begin() const { return data(); }
    [[nodiscard]] const T* end() const { return data() + size(); }

private:
    alignas(T) std::byte room_[N * sizeof(T)];
    std::size_t few_ = 0;  ///< in room_, while many_ has none
    std::vector<T> many_;
};

}  // namespace varve
