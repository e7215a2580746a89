#include "cli/batch_writer.hpp"

#include <memory>
#include <utility>

namespace varve::cli {

BatchWriter::~BatchWriter() {
    if (under_way_.valid()) under_way_.wait();
}

Result<> BatchWriter::submit(Commit commit, Lines lines) {
    Result<> before = settle();
    if (!before) return before;
    auto promise = std::make_shared<std::promise<Result<Receipt>>>();
    under_way_ = promise->get_future();
    lines_ = lines;
    store_.append(std::move(commit), [promise](Result<Receipt> receipt) { promise->set_value(std::move(receipt)); });
    return {};
}

Result<> BatchWriter::settle() {
    if (!under_way_.valid()) return {};
    const Result<Receipt> receipt = under_way_.get();
    if (!receipt) {
        failed_ = lines_;
        return receipt.error();
    }
    stored_ += receipt->last - receipt->first + 1;
    last_line_ = lines_.last;
    return {};
}

}  // namespace varve::cli
