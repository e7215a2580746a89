#include "cli/batch_writer.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

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
    const auto has_id = [](const NewEvent& event) { return !event.id.is_nil(); };
    sent_ = std::ranges::any_of(commit.events, has_id) ? commit : Commit{};
    store_.append(std::move(commit), [promise](Result<Receipt> receipt) { promise->set_value(std::move(receipt)); });
    return {};
}

Result<> BatchWriter::settle() {
    if (!under_way_.valid()) return {};
    const Result<Receipt> receipt = under_way_.get();
    Result<> counted = count(receipt);
    if (!counted && counted.error().overlap != nullptr) counted = append_the_rest(counted.error());
    if (counted) {
        last_line_ = lines_.last;
    } else {
        failed_ = lines_;
    }
    return counted;
}

Result<> BatchWriter::count(const Result<Receipt>& receipt) {
    if (!receipt) return receipt.error();
    (receipt->repeated ? repeated_ : stored_) += receipt->last - receipt->first + 1;
    return {};
}

Result<> BatchWriter::append_the_rest(const Error& error) {
    std::vector<bool> known(sent_.events.size());
    for (const Overlap::Known& event : error.overlap->known) {
        if (event.stream == sent_.events[event.event].stream) known[event.event] = true;
    }
    for (const Overlap::Known& event : error.overlap->known) {
        if (!known[event.event]) return error;
    }
    Commit rest;
    for (std::size_t i = 0; i < sent_.events.size(); ++i) {
        if (!known[i]) rest.events.push_back(std::move(sent_.events[i]));
    }
    repeated_ += sent_.events.size() - rest.events.size();
    return rest.events.empty() ? Result<>() : count(store_.append(std::move(rest)));
}

}  // namespace varve::cli
