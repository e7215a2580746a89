/// Inside the model: the two homes of a table's rows, memory and a database.
#pragma once

#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "varve/detail/cells.hpp"
#include "varve/limits.hpp"
#include "varve/personal.hpp"

namespace varve::detail {

template <class Row, class Key>
class Rows {
public:
    /// What the caller does to a row, which outlives the call. Less for a compiler to make than a std::function.
    struct Change {
        void* own;
        void (*call)(void* own, Row& row);
    };
    using Visit = std::function<bool(const Row&)>;

    Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    virtual ~Rows() = default;

    virtual std::optional<Row> get(const Key& key) = 0;
    virtual void put(Row row) = 0;
    virtual void update(const Key& key, const Change& change) = 0;
    virtual bool erase(const Key& key) = 0;
    virtual std::size_t size() = 0;
    virtual void scan(const Bounds<Key>& bounds, const Visit& visit) = 0;

    /// What is changed from here on can be undone, until the next mark.
    virtual void mark() {}
    /// True: the rows are as they were at the mark.
    virtual bool undo() { return false; }

protected:
    static Key& key_of(Row& row) { return reflect::get<0>(reflect::tie(row)); }
    static Row fresh(const Key& key) {
        Row row{};
        key_of(row) = key;
        return row;
    }
};

template <class Row, class Key>
class MemoryRows final : public Rows<Row, Key> {
public:
    using typename Rows<Row, Key>::Change;
    using typename Rows<Row, Key>::Visit;

    std::optional<Row> get(const Key& key) override {
        const auto found = rows_.find(key);
        return found == rows_.end() ? std::nullopt : std::optional<Row>(found->second);
    }
    void put(Row row) override {
        settle(row);
        Key key = this->key_of(row);
        remember(key, rows_.find(key));
        rows_.insert_or_assign(std::move(key), std::move(row));
    }
    void update(const Key& key, const Change& change) override {
        auto found = rows_.find(key);
        remember(key, found);
        if (found == rows_.end()) found = rows_.emplace(key, this->fresh(key)).first;
        change.call(change.own, found->second);
        settle(found->second);
        this->key_of(found->second) = found->first;
    }
    bool erase(const Key& key) override {
        const auto found = rows_.find(key);
        if (found == rows_.end()) return false;
        remember(key, found);
        rows_.erase(found);
        return true;
    }
    std::size_t size() override { return rows_.size(); }
    void scan(const Bounds<Key>& bounds, const Visit& visit) override {
        auto begin = bounds.from ? rows_.lower_bound(*bounds.from) : rows_.begin();
        auto end = bounds.until ? rows_.lower_bound(*bounds.until) : rows_.end();
        if (bounds.from && bounds.until && !(*bounds.from < *bounds.until)) return;
        if (bounds.past && bounds.backward) {
            if (bounds.from && !(*bounds.from < *bounds.past)) return;
            if (!bounds.until || *bounds.past < *bounds.until) end = rows_.lower_bound(*bounds.past);
        } else if (bounds.past) {
            if (bounds.until && !(*bounds.past < *bounds.until)) return;
            if (!bounds.from || !(*bounds.past < *bounds.from)) begin = rows_.upper_bound(*bounds.past);
        }
        if (bounds.backward) {
            walk(std::make_reverse_iterator(end), std::make_reverse_iterator(begin), visit);
        } else {
            walk(begin, end, visit);
        }
    }
    void mark() override {
        if (before_.size() > kept_for_memory) before_.clear();
        remembered_ = 0;
        marked_ = true;
        too_much_ = false;
    }
    bool undo() override {
        for (; remembered_ > 0; --remembered_) {
            auto& [key, row] = before_[remembered_ - 1];
            if (row) {
                rows_.insert_or_assign(key, std::move(*row));
            } else {
                rows_.erase(key);
            }
        }
        return marked_ && !too_much_;
    }

private:
    using Stored = std::map<Key, Row>;
    static constexpr std::size_t kept_for_memory = 16;

    /// A row as it was before the change that follows.
    void remember(const Key& key, typename Stored::const_iterator at) {
        if (!marked_ || too_much_) return;
        too_much_ = remembered_ == limits::undo_rows;
        if (too_much_) return;
        const bool there = at != rows_.end();
        if (remembered_ == before_.size()) {
            before_.emplace_back(key, there ? std::optional<Row>(at->second) : std::nullopt);
        } else if (auto& [its_key, row] = before_[remembered_]; there) {
            its_key = key;
            row = at->second;
        } else {
            its_key = key;
            row.reset();
        }
        ++remembered_;
    }
    template <class At>
    static void walk(At at, const At& end, const Visit& visit) {
        for (; at != end; ++at) {
            if (!visit(at->second)) return;
        }
    }

    Stored rows_;
    /// Rows before their changes, in order; those behind remembered_ are of an earlier mark, kept for their memory.
    std::vector<std::pair<Key, std::optional<Row>>> before_;
    std::size_t remembered_ = 0;  ///< since the mark
    bool marked_ = false;
    bool too_much_ = false;
};

/// Tells which rows are changed in another home.
template <class Row, class Key>
class WatchedRows final : public Rows<Row, Key> {
public:
    using typename Rows<Row, Key>::Change;
    using typename Rows<Row, Key>::Visit;

    WatchedRows(std::unique_ptr<Rows<Row, Key>> rows, std::function<void(const Key&)> touched)
        : rows_(std::move(rows)), touched_(std::move(touched)) {}

    std::optional<Row> get(const Key& key) override { return rows_->get(key); }
    void put(Row row) override {
        touched_(this->key_of(row));
        rows_->put(std::move(row));
    }
    void update(const Key& key, const Change& change) override {
        touched_(key);
        rows_->update(key, change);
    }
    bool erase(const Key& key) override {
        touched_(key);
        return rows_->erase(key);
    }
    std::size_t size() override { return rows_->size(); }
    void scan(const Bounds<Key>& bounds, const Visit& visit) override { rows_->scan(bounds, visit); }
    void mark() override { rows_->mark(); }
    bool undo() override { return rows_->undo(); }

private:
    std::unique_ptr<Rows<Row, Key>> rows_;
    std::function<void(const Key&)> touched_;
};

/// Rows in a database. A writer keeps changed rows back until the batch commits, so that a hot row is written once
/// for each batch, and keeps them as a cache afterwards: nobody else writes.
template <class Row, class Key>
class DatabaseRows final : public Rows<Row, Key> {
public:
    using typename Rows<Row, Key>::Change;
    using typename Rows<Row, Key>::Visit;

    explicit DatabaseRows(std::unique_ptr<RowStore> store, bool writes) : store_(std::move(store)), writes_(writes) {
        if (!writes_) return;
        store_->before_commit([this] { flush(); });
        store_->after_rollback([this] { kept_.clear(); });
    }

    std::optional<Row> get(const Key& key) override { return writes_ ? kept(key).row : stored(key); }
    void put(Row row) override {
        require_writer();
        settle(row);
        Key key = this->key_of(row);
        kept_.insert_or_assign(std::move(key), Kept{std::move(row), true});
        bound();
    }
    void update(const Key& key, const Change& change) override {
        require_writer();
        Kept& at = kept(key);
        if (!at.row) at.row = this->fresh(key);
        at.changed = true;
        {
            const Changing in_place(changing_);
            change.call(change.own, *at.row);
        }
        settle(*at.row);
        this->key_of(*at.row) = key;
        // Once more: who looked at the table on the way has written the row as it was then.
        at.changed = true;
        bound();
    }
    bool erase(const Key& key) override {
        require_writer();
        Kept& at = kept(key);
        if (!at.row) return false;
        at.row.reset();
        at.changed = true;
        return true;
    }
    std::size_t size() override {
        flush();
        return store_->size();
    }
    void scan(const Bounds<Key>& bounds, const Visit& visit) override {
        flush();
        Row row{};
        const CellValue from{bounds.from, &write_key<Key>};
        const CellValue until{bounds.until, &write_key<Key>};
        const CellValue past{bounds.past, &write_key<Key>};
        store_->scan({bounds.from ? &from : nullptr, bounds.until ? &until : nullptr, bounds.past ? &past : nullptr,
                      bounds.backward},
                     CellTarget{&row, &read_row<Row>}, [&] { return visit(row); });
    }

private:
    struct Kept {
        std::optional<Row> row;  ///< nothing: there is no such row
        bool changed = false;
    };
    /// While a row is changed in place, no row is taken out of what is kept.
    class Changing {
    public:
        explicit Changing(int& depth) : depth_(depth) { ++depth_; }
        Changing(const Changing&) = delete;
        Changing& operator=(const Changing&) = delete;
        ~Changing() { --depth_; }

    private:
        int& depth_;
    };
    static constexpr std::size_t kept_rows = 8192;

    void require_writer() const {
        if (!writes_) refuse_cell("a query may not change rows; only handlers of events do");
    }
    std::optional<Row> stored(const Key& key) {
        Row row{};
        const bool found = store_->get(CellValue{&key, &write_key<Key>}, CellTarget{&row, &read_row<Row>});
        return found ? std::optional<Row>(std::move(row)) : std::nullopt;
    }
    Kept& kept(const Key& key) {
        auto found = kept_.find(key);
        if (found == kept_.end()) found = kept_.emplace(key, Kept{stored(key), false}).first;
        return found->second;
    }
    void flush() {
        for (auto& [key, at] : kept_) {
            if (!at.changed) continue;
            if (at.row) {
                store_->put(CellValue{&*at.row, &write_row<Row>});
            } else {
                store_->erase(CellValue{&key, &write_key<Key>});
            }
            at.changed = false;
        }
        if (changing_ == 0 && kept_.size() > kept_rows) kept_.clear();
    }
    void bound() {
        if (kept_.size() > 4 * kept_rows) flush();
    }

    std::unique_ptr<RowStore> store_;
    int changing_ = 0;
    std::map<Key, Kept> kept_;
    bool writes_;
};

}  // namespace varve::detail
