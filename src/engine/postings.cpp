#include "engine/postings.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace varve::engine {
namespace {

/// Positions asked for at once: the first page is small, so that short reads stay short.
constexpr std::uint64_t first_page = 32;
constexpr std::uint64_t later_page = 1024;

/// A list that is so many times denser than another hardly narrows it down, but costs a page for a few of its leaps.
constexpr double much_denser = 64;

using Found = Result<std::optional<Position>>;
using Lists = std::vector<std::unique_ptr<Postings>>;

/// The positions of one term.
class TermPostings final : public Postings {
public:
    TermPostings(Catalog& catalog, index::TermKind kind, std::string name, const PostingsBounds& bounds)
        : catalog_(catalog), name_(std::move(name)), term_(index::Term{kind, name_}), bounds_(bounds) {}

    Found seek(Position target) override {
        for (;;) {
            skip(target);
            if (used_ < page_.size()) return within(page_[used_]);
            if (last_page_ || !within(target)) return std::nullopt;
            const std::uint64_t count = std::exchange(page_size_, later_page);
            auto page = forward() ? catalog_.term_positions_from(term_, target, count)
                                  : catalog_.term_positions_until(term_, target, count);
            if (!page) return std::move(page).error();
            page_ = *std::move(page);
            used_ = 0;
            last_page_ = page_.size() < count;
        }
    }

    bool few(Position target) override {
        if (!page_.empty()) return last_page_ && page_.size() < first_page;
        auto tail = forward() ? catalog_.terms().tail_from(term_, target, first_page)
                              : catalog_.terms().tail_until(term_, target, first_page);
        const Position end = forward() ? target : Position{bounds_.range.begin};
        if (tail.whole_from > end || tail.positions.size() >= first_page) return false;
        page_ = std::move(tail.positions);
        last_page_ = true;
        return true;
    }

    double spacing() const override {
        const auto size = static_cast<double>(page_.size());
        if (last_page_ || page_.empty())
            return static_cast<double>(bounds_.range.end - bounds_.range.begin) / std::max(size, 0.5);
        const auto [low, high] = std::minmax(page_.front(), page_.back());
        return static_cast<double>(high - low + 1) / size;
    }

private:
    [[nodiscard]] bool forward() const { return bounds_.direction == Direction::forward; }
    [[nodiscard]] std::optional<Position> within(Position position) const {
        const bool inside = position.value >= bounds_.range.begin && position.value < bounds_.range.end;
        return inside ? std::optional(position) : std::nullopt;
    }
    void skip(Position target) {
        const auto rest = page_.begin() + static_cast<std::ptrdiff_t>(used_);
        const auto found = forward() ? std::lower_bound(rest, page_.end(), target)
                                     : std::lower_bound(rest, page_.end(), target, std::greater());
        used_ = static_cast<std::size_t>(found - page_.begin());
    }

    Catalog& catalog_;
    const std::string name_;
    const HashedTerm term_;  // a view of name_
    const PostingsBounds bounds_;
    std::vector<Position> page_;
    std::size_t used_ = 0;
    std::uint64_t page_size_ = first_page;
    bool last_page_ = false;
};

/// What is in one list at least.
class AnyOf final : public Postings {
public:
    AnyOf(Lists lists, Direction direction) : direction_(direction) {
        for (auto& list : lists) branches_.push_back({.list = std::move(list), .at = {}});
    }

    bool few(Position) override { return false; }

    Found seek(Position target) override {
        std::optional<Position> nearest;
        for (Branch& branch : branches_) {
            if (branch.over) continue;
            if (!branch.at || before(*branch.at, target)) {
                auto found = branch.list->seek(target);
                if (!found) return found;
                branch.at = *found;
                branch.over = !branch.at;
                if (branch.over) continue;
            }
            if (!nearest || before(*branch.at, *nearest)) nearest = branch.at;
        }
        return nearest;
    }

    double spacing() const override {
        double density = 0;
        for (const Branch& branch : branches_) density += 1 / branch.list->spacing();
        return 1 / density;
    }

private:
    struct Branch {
        std::unique_ptr<Postings> list;
        std::optional<Position> at;
        bool over = false;
    };
    [[nodiscard]] bool before(Position a, Position b) const { return direction_ == Direction::forward ? a < b : a > b; }

    const Direction direction_;
    std::vector<Branch> branches_;
};

/// What is in every list.
class AllOf final : public Postings {
public:
    AllOf(Lists lists, bool exact) : lists_(std::move(lists)), exact_(exact) {}

    Found seek(Position target) override {
        if (!exact_ && !std::exchange(thinned_, true)) {
            if (auto some = thin_out(target); !some || !*some) return some;
        }
        std::size_t agreed = 0;
        for (std::size_t n = 0; agreed < lists_.size(); n = (n + 1) % lists_.size()) {
            auto found = lists_[n]->seek(target);
            if (!found || !*found) return found;
            agreed = **found == target ? agreed + 1 : 1;
            target = **found;
        }
        return target;
    }

    bool few(Position) override { return false; }

    double spacing() const override {
        double widest = 0;
        for (const auto& list : lists_) widest = std::max(widest, list->spacing());
        return widest;
    }

private:
    /// Looks at each list once, puts the sparsest first and lets go of those that are much denser. To look at a few
    /// events costs less than to ask the index once.
    Found thin_out(Position target) {
        const auto few = [target](const auto& list) { return list->few(target); };
        if (const auto found = std::ranges::find_if(lists_, few); found != lists_.end()) return keep(found, target);
        for (auto list = lists_.begin(); list != lists_.end(); ++list) {
            if (auto found = (*list)->seek(target); !found || !*found) return found;
            if (few(*list)) return keep(list, target);
        }
        std::ranges::sort(lists_, std::greater(), [](const auto& list) { return list->spacing(); });
        const double enough = lists_.front()->spacing() / much_denser;
        std::erase_if(lists_, [enough](const auto& list) { return list->spacing() < enough; });
        return target;
    }

    Position keep(Lists::iterator only, Position target) {
        std::iter_swap(lists_.begin(), only);
        lists_.erase(lists_.begin() + 1, lists_.end());
        return target;
    }

    Lists lists_;
    const bool exact_;
    bool thinned_ = false;
};

std::unique_ptr<Postings> any_of(Lists lists, Direction direction) {
    if (lists.size() == 1) return std::move(lists.front());
    return std::make_unique<AnyOf>(std::move(lists), direction);
}

std::unique_ptr<Postings> postings_of(Catalog& catalog, const Query::Item& item, const PostingsBounds& bounds) {
    Lists all;
    for (const std::string& tag : item.tags) {
        all.push_back(std::make_unique<TermPostings>(catalog, index::TermKind::tag, tag, bounds));
    }
    if (!item.types.empty()) {
        Lists any;
        for (const std::string& type : item.types) {
            any.push_back(std::make_unique<TermPostings>(catalog, index::TermKind::type, type, bounds));
        }
        all.push_back(any_of(std::move(any), bounds.direction));
    }
    if (all.size() == 1) return std::move(all.front());
    return std::make_unique<AllOf>(std::move(all), bounds.exact);
}

}  // namespace

std::unique_ptr<Postings> postings_of(Catalog& catalog, const Query& query, const PostingsBounds& bounds) {
    Lists items;
    for (const Query::Item& item : query.items) items.push_back(postings_of(catalog, item, bounds));
    return any_of(std::move(items), bounds.direction);
}

std::unique_ptr<Postings> postings_of(Catalog& catalog, const Category& category, const PostingsBounds& bounds) {
    return std::make_unique<TermPostings>(catalog, index::TermKind::category, category.name, bounds);
}

}  // namespace varve::engine
