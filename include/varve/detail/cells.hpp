/// Inside the model: a row as the cells of a database, field by field, without the database in sight.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/export.hpp"
#include "varve/json.hpp"
#include "varve/reflect.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::detail {

/// Takes the cells of one row or key in order. A text is used before the call returns.
class VARVE_API CellSink {
public:
    virtual void null() = 0;
    virtual void integer(std::int64_t value) = 0;
    virtual void real(double value) = 0;
    virtual void text(std::string_view value) = 0;

protected:
    ~CellSink() = default;
};

/// Gives the cells of one row in order; each call but `is_null` moves on.
class VARVE_API CellSource {
public:
    virtual bool is_null() = 0;
    virtual void skip() = 0;
    virtual std::int64_t integer() = 0;
    virtual double real() = 0;
    virtual std::string_view text() = 0;  ///< valid until the next row

protected:
    ~CellSource() = default;
};

enum class CellKind : std::uint8_t { integer, real, text };

struct Column {
    std::string name;
    CellKind kind = CellKind::text;
    bool nullable = false;
};

/// A table as its row type describes it; the first column is the key.
struct TableShape {
    std::string name;
    std::vector<Column> columns;
    bool in_order = true;  ///< keys compare as their cells do
};

/// A value to be written: how to put it into cells.
struct CellValue {
    const void* value;
    void (*write)(const void* value, CellSink& sink);
};

/// Where to put a row that is read.
struct CellTarget {
    void* value;
    void (*read)(void* value, CellSource& source);
};

/// Which rows a scan visits: those with from <= key < until, and beyond `past` in its own direction (where given).
template <class Key>
struct Bounds {
    const Key* from = nullptr;
    const Key* until = nullptr;
    const Key* past = nullptr;
    bool backward = false;
};

/// The first text behind all that begin with this one, byte for byte; nothing: there is none.
[[nodiscard]] VARVE_API std::optional<std::string> behind_prefix(std::string_view prefix);

/// A table in a database. Failures of the database are thrown as varve::Failure: whoever called the user's
/// handler catches it there.
class VARVE_API RowStore {
public:
    virtual ~RowStore();
    virtual bool get(CellValue key, CellTarget row) = 0;
    virtual void put(CellValue row) = 0;
    virtual bool erase(CellValue key) = 0;
    virtual std::size_t size() = 0;
    /// Rows in the order of keys, or against it, until `visit` answers false.
    virtual void scan(const Bounds<CellValue>& bounds, CellTarget row, const std::function<bool()>& visit) = 0;
    /// Called before the transaction commits: rows kept back must be put now.
    virtual void before_commit(std::function<void()> flush) = 0;
    /// Called when a transaction was rolled back: what was kept of rows is no longer true.
    virtual void after_rollback(std::function<void()> forget) = 0;
};

/// Gives every table of a projection its place; asked once for each field of the projection.
class VARVE_API TableBinder {
public:
    virtual Result<std::unique_ptr<RowStore>> table(const TableShape& shape) = 0;

protected:
    ~TableBinder() = default;
};

/// Thrown where a stored cell does not fit its field.
[[noreturn]] VARVE_API void refuse_cell(std::string_view what);
/// A text that can be read again, or it throws.
[[nodiscard]] VARVE_API std::string time_cell(Timestamp time);

template <class F>
struct OptionalField : std::false_type {};
template <class F>
struct OptionalField<std::optional<F>> : std::true_type {
    using Inner = F;
};

/// Whether cells of such keys sort like the keys: rows are in the order of keys in memory and in a database.
template <class F>
consteval bool cells_in_order() {
    switch (form_of<F>) {
        case Form::boolean:
        case Form::character:
        case Form::integer:
        case Form::floating:
        case Form::enumeration:
        case Form::text:
        case Form::timestamp:
        case Form::event_id:
        case Form::ordinal:
        case Form::duration: return true;
        default: return false;
    }
}

/// What a cell holds of a field: an enum that is a key is its number, which sorts like it, and its name elsewhere.
enum class Cell : std::uint8_t { key, field };

template <class F>
consteval CellKind cell_kind(Cell as) {
    if constexpr (OptionalField<F>::value) {
        return cell_kind<typename OptionalField<F>::Inner>(as);
    } else if constexpr (form_of<F> == Form::duration) {
        return cell_kind<typename F::rep>(as);
    } else if constexpr (std::integral<F> || form_of<F> == Form::ordinal) {
        return CellKind::integer;
    } else if constexpr (std::floating_point<F>) {
        return CellKind::real;
    } else {
        return std::is_enum_v<F> && as == Cell::key ? CellKind::integer : CellKind::text;
    }
}

template <class F>
void write_cell(CellSink& sink, const F& field, Cell as) {
    if constexpr (OptionalField<F>::value) {
        field ? write_cell(sink, *field, as) : sink.null();
    } else if constexpr (form_of<F> == Form::duration) {
        write_cell(sink, field.count(), as);
    } else if constexpr (form_of<F> == Form::ordinal) {
        write_cell(sink, field.value, as);
    } else if constexpr (std::same_as<F, bool>) {
        sink.integer(field ? 1 : 0);
    } else if constexpr (std::integral<F>) {
        const auto value = static_cast<std::int64_t>(field);
        if (std::is_unsigned_v<F> && value < 0) refuse_cell("an integer beyond 2^63 - 1 does not fit a column");
        sink.integer(value);
    } else if constexpr (std::floating_point<F>) {
        const auto value = static_cast<double>(field);
        if (std::isnan(value)) refuse_cell("what is not a number does not fit a column");
        sink.real(value);
    } else if constexpr (std::same_as<F, std::string>) {
        sink.text(field);
    } else if constexpr (std::same_as<F, Timestamp>) {
        sink.text(time_cell(field));
    } else if constexpr (std::is_enum_v<F>) {
        if (as == Cell::key) return write_cell(sink, static_cast<std::underlying_type_t<F>>(field), as);
        const std::string_view name = reflect::enum_name(field);
        if (name.empty()) refuse_cell("an enum's value without a name does not fit a column");
        sink.text(name);
    } else {
        sink.text(to_json(field).value());
    }
}

template <class F>
void read_text_cell(std::string_view text, F& field) {
    if constexpr (std::same_as<F, std::string>) {
        field = text;
    } else if constexpr (std::same_as<F, Timestamp>) {
        const auto time = parse_timestamp(text);
        if (!time) refuse_cell("a column that should hold a time does not");
        field = *time;
    } else if constexpr (std::is_enum_v<F>) {
        const auto value = reflect::enum_value<F>(text);
        if (!value) refuse_cell("a column holds a name that its enum does not have");
        field = *value;
    } else {
        auto value = from_json<F>(text);
        if (!value.ok()) refuse_cell(value.error().message);
        field = std::move(*value);
    }
}

template <class F>
void read_cell(CellSource& source, F& field, Cell as) {
    if constexpr (OptionalField<F>::value) {
        if (source.is_null()) {
            field.reset();
            source.skip();
        } else {
            read_cell(source, field.emplace(), as);
        }
    } else if constexpr (form_of<F> == Form::duration) {
        typename F::rep count{};
        read_cell(source, count, as);
        field = F(count);
    } else if constexpr (form_of<F> == Form::ordinal) {
        read_cell(source, field.value, as);
    } else if constexpr (std::same_as<F, bool>) {
        field = source.integer() != 0;
    } else if constexpr (std::integral<F>) {
        const std::int64_t value = source.integer();
        field = static_cast<F>(value);
        if (static_cast<std::int64_t>(field) != value || (std::is_unsigned_v<F> && value < 0)) {
            refuse_cell("a column holds an integer beyond its field");
        }
    } else if constexpr (std::floating_point<F>) {
        field = static_cast<F>(source.real());
    } else if constexpr (std::is_enum_v<F>) {
        if (as == Cell::field) return read_text_cell(source.text(), field);
        std::underlying_type_t<F> number{};
        read_cell(source, number, as);
        field = static_cast<F>(number);
    } else {
        read_text_cell(source.text(), field);
    }
}

/// The first field of a row is its key.
inline Cell next_cell(Cell& next) {
    return std::exchange(next, Cell::field);
}

template <class Row>
void write_row(const void* row, CellSink& sink) {
    Cell next = Cell::key;
    reflect::for_each_field(*static_cast<const Row*>(row),
                            [&](std::string_view, const auto& field) { write_cell(sink, field, next_cell(next)); });
}

template <class Row>
void read_row(void* row, CellSource& source) {
    Cell next = Cell::key;
    reflect::for_each_field(*static_cast<Row*>(row),
                            [&](std::string_view, auto& field) { read_cell(source, field, next_cell(next)); });
}

template <class Key>
void write_key(const void* key, CellSink& sink) {
    write_cell(sink, *static_cast<const Key*>(key), Cell::key);
}

template <class Row>
std::vector<Column> columns_of() {
    std::vector<Column> columns;
    const Row row{};
    reflect::for_each_field(row, [&columns](std::string_view name, const auto& field) {
        using F = std::remove_cvref_t<decltype(field)>;
        const CellKind kind = columns.empty() ? cell_kind<F>(Cell::key) : cell_kind<F>(Cell::field);
        columns.push_back({std::string(name), kind, OptionalField<F>::value});
    });
    return columns;
}

}  // namespace varve::detail
