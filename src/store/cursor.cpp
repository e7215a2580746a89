#include <utility>

#include "varve/store.hpp"

namespace varve {

Cursor::Cursor(std::unique_ptr<EventSource> source) : source_(std::move(source)) {}
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
Cursor::~Cursor() = default;

const Event* Cursor::next() {
    if (!source_) return nullptr;
    Result<const Event*> event = source_->next();
    if (event && *event != nullptr) return *event;
    if (!event) error_ = std::move(event).error();
    source_.reset();
    return nullptr;
}

Result<> Cursor::status() const {
    if (error_) return *error_;
    return {};
}

}  // namespace varve
