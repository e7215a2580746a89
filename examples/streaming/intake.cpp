#include "streaming/intake.hpp"

#include <utility>

namespace streaming {

Intake::~Intake() {
    static_cast<void>(finish());
}

varve::Result<> Intake::take(const std::string& name, const std::vector<Watched>& views) {
    varve::Commit upload{.command_id = name};
    for (const Watched& view : views) {
        if (!is_view(view)) {
            return varve::Error{varve::Code::invalid_argument, "upload '" + name + "' has a view by '" + view.viewer +
                                                                   "' of '" + view.video +
                                                                   "' that is none; nothing of it is taken"};
        }
        auto data = varve::encode_event(view);
        if (!data) return std::move(data).error();
        upload.events.push_back({.stream = varve::stream_of<Viewer>(view.viewer),
                                 .type = std::string(varve::event_type<Watched>()),
                                 .data = std::move(*data)});
    }
    {
        const std::lock_guard lock(mutex_);
        ++under_way_;
    }
    // The completion must be quick: the store's writer waits for it.
    store_.append(std::move(upload), [this, count = views.size()](const varve::Result<varve::Receipt>& receipt) {
        const std::lock_guard lock(mutex_);
        if (!receipt) {
            if (!error_) error_ = receipt.error();
        } else if (receipt->repeated) {
            ++tally_.repeated;
        } else {
            tally_.views += count;
            ++tally_.uploads;
        }
        --under_way_;
        done_.notify_all();
    });
    return {};
}

varve::Result<Tally> Intake::finish() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return under_way_ == 0; });
    if (error_) return *error_;
    return tally_;
}

}  // namespace streaming
