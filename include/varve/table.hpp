/// The rows of a read model.
///
///     struct Balance { std::string account; std::int64_t cents = 0; };       // a row: its first field is the key
///     struct Balances {
///         varve::Table<Balance> balances;                                    // SQL: table balances(account, cents)
///         void on(const Deposited& e) { balances.update(e.account, [&](Balance& row) { row.cents += e.cents; }); }
///         ...
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/detail/cursor.hpp"
#include "varve/detail/rows.hpp"
#include "varve/json.hpp"
#include "varve/page.hpp"
#include "varve/reflect.hpp"

namespace varve {

/// Rows by key, in memory or in SQLite; which one, `App::project` says. A Row is a plain struct with default values;
/// its first field is the key: in SQLite a text, a number, a bool, an enum, a Timestamp, a duration, a Position, a Revision
/// or an EventId; in memory anything with `<`.
///
/// Handlers (`on`) change rows, in one thread; queries (`answer`) only read them, from many. The App keeps the two
/// apart, so a Table has no lock of its own. When the database fails, these functions throw varve::Failure, which
/// whoever called the handler or the query catches: it becomes the error of the projection or of the answer.
/// Do not change a table while walking over it, nor erase a row in its own update. A Table on its own, outside of an App,
/// is in memory.
///
/// In SQLite an integer, bool or floating field is a number, and so are a duration (its count), a Position and a Revision; a
/// text is a TEXT, a Timestamp its ISO text, an enum its name (a key its number, in whose order the rows are), an empty
/// optional NULL, and everything else JSON in a TEXT. The order of text keys is that of their bytes.
template <class Row>
class Table {
public:
    static_assert(reflect::Aggregate<Row>, "varve: the row of a Table is a plain struct whose first field is the key");
    using row_type = Row;
    using Key = reflect::field_type<Row, 0>;
    static_assert(!detail::holds_personal<Key>,
                  "varve: a personal value cannot be the key of a row; key it by its subject");

    /// The row with this key; nothing when there is none.
    [[nodiscard]] std::optional<Row> get(const Key& key) const { return rows().get(key); }
    [[nodiscard]] bool contains(const Key& key) const { return get(key).has_value(); }
    /// Adds the row, or replaces the one with the same key.
    void put(Row row) { rows().put(std::move(row)); }
    /// Calls change(Row&) on the row with this key, on a fresh one when there is none. The key stays as it is.
    template <class F>
    void update(const Key& key, F&& change) {
        rows().update(key, {const_cast<void*>(static_cast<const volatile void*>(&change)),
                            [](void* own, Row& row) { (*static_cast<std::remove_reference_t<F>*>(own))(row); }});
    }
    /// True when there was such a row.
    bool erase(const Key& key) { return rows().erase(key); }

    [[nodiscard]] std::size_t size() const { return rows().size(); }
    [[nodiscard]] bool empty() const { return size() == 0; }

    /// Calls f(const Row&) for every row in the order of keys; f may answer bool: false stops the walk.
    template <class F>
    void for_each(F&& f) const {
        scan(nullptr, nullptr, f);
    }
    /// The same for the rows with from <= key < until.
    template <class F>
    void for_each(const Key& from, const Key& until, F&& f) const {
        scan(&from, &until, f);
    }
    /// The same for the rows with from <= key.
    template <class F>
    void for_each_from(const Key& from, F&& f) const {
        scan(&from, nullptr, f);
    }
    /// The same for the rows whose key, a text, begins with `prefix`, byte for byte; with an empty one: all.
    template <class F>
    void for_each_prefix(const Key& prefix, F&& f) const {
        const auto behind = behind_prefix(prefix);
        scan(&prefix, behind ? &*behind : nullptr, f);
    }
    /// One page of the rows (varve/page.hpp). A wrong cursor or limit is the error of the answer, `invalid_argument`. The
    /// key needs a JSON form.
    [[nodiscard]] Page<Row> page(const PageRequest& request) const { return page_within({}, request); }
    /// The same of the rows with from <= key < until.
    [[nodiscard]] Page<Row> page(const Key& from, const Key& until, const PageRequest& request) const {
        return page_within({&from, &until}, request);
    }
    /// The same of the rows whose key, a text, begins with `prefix`.
    [[nodiscard]] Page<Row> page_prefix(const Key& prefix, const PageRequest& request) const {
        const auto behind = behind_prefix(prefix);
        return page_within({&prefix, behind ? &*behind : nullptr}, request);
    }
    /// A copy of all rows in the order of keys, e.g. to walk over while changing the table.
    [[nodiscard]] std::vector<Row> all() const {
        std::vector<Row> rows;
        for_each([&rows](const Row& row) { rows.push_back(row); });
        return rows;
    }
    /// Not there: a `for` over a Table is refused with a sentence that names what to write instead.
    template <class R = Row>
    const R* begin() const {
        static_assert(!std::is_same_v<R, Row>, "varve: walk over a Table with for_each(f), or over a copy: all()");
        return nullptr;
    }
    const Row* end() const { return nullptr; }

    /// For the App: gives the table its place in a database.
    void bind(std::unique_ptr<detail::RowStore> store, bool writes) {
        rows_ = std::make_unique<detail::DatabaseRows<Row, Key>>(std::move(store), writes);
    }
    /// For the App: what is changed from here on can be undone, until the next mark; not in a database, which rolls back.
    void mark() { rows().mark(); }
    [[nodiscard]] bool undo() { return rows().undo(); }
    /// For the App: `touched` is told the key of each row that is put, updated or erased.
    void watch(std::function<void(const Key&)> touched) {
        rows_ = std::make_unique<detail::WatchedRows<Row, Key>>(std::move(rows_), std::move(touched));
    }
    /// For the App: the table as the database sees it.
    [[nodiscard]] static detail::TableShape shape(std::string_view name) {
        return {std::string(name), detail::columns_of<Row>(), detail::cells_in_order<Key>()};
    }

private:
    using Rows = detail::Rows<Row, Key>;

    static std::optional<Key> behind_prefix(const Key& prefix) {
        static_assert(std::is_same_v<Key, std::string>,
                      "varve: for_each_prefix and page_prefix are for a Table whose key is a text, a std::string");
        return detail::behind_prefix(prefix);
    }
    template <class F>
    void scan(const Key* from, const Key* until, F& f) const {
        rows().scan({from, until}, [&f](const Row& row) {
            if constexpr (std::is_same_v<std::invoke_result_t<F&, const Row&>, bool>) {
                return f(row);
            } else {
                f(row);
                return true;
            }
        });
    }
    Page<Row> page_within(detail::Bounds<Key> bounds, const PageRequest& request) const {
        detail::check_page_rows(request.limit);
        bounds.backward = request.direction == Direction::backward;
        const std::string walk = walk_over(bounds);
        std::optional<Key> past;
        if (!request.cursor.empty()) {
            past = from_json<Key>(detail::read_cursor(walk, request.cursor)).value();
            bounds.past = &*past;
        }
        Page<Row> page;
        bool more = false;
        rows().scan(bounds, [&](const Row& row) {
            more = page.rows.size() == request.limit;
            if (!more) page.rows.push_back(row);
            return !more;
        });
        if (more) page.next = detail::write_cursor(walk, to_json(key_of(page.rows.back())).value());
        return page;
    }
    /// What a cursor is good for.
    static std::string walk_over(const detail::Bounds<Key>& bounds) {
        const auto text = [](const Key* key) { return key ? to_json(*key).value() : std::string(); };
        std::string walk(reflect::type_name<Row>());
        return walk + (bounds.backward ? " < " : " > ") + text(bounds.from) + " " + text(bounds.until);
    }
    static const Key& key_of(const Row& row) { return reflect::get<0>(reflect::tie(row)); }
    Rows& rows() const { return *rows_; }

    std::unique_ptr<Rows> rows_ = std::make_unique<detail::MemoryRows<Row, Key>>();
};

}  // namespace varve
