// The peer LMDB: events by position in one tree, stream and revision -> position in another. One writer at a time,
// by its own lock; durable = every commit is synced. Reads are views into the mapped file.
#include <lmdb.h>

#include <cstring>
#include <limits>
#include <mutex>

#include "subjects/heads.hpp"
#include "subjects/record.hpp"
#include "subjects/subject.hpp"

namespace varve::bench {
namespace {

constexpr std::size_t map_bytes = std::size_t{64} << 30;
constexpr unsigned readers_max = 512;

Result<> checked(int code) {
    if (code == MDB_SUCCESS) return {};
    return Error{Code::unavailable, std::string("lmdb: ") + mdb_strerror(code)};
}

// LMDB takes non-const pointers but only reads keys and values that are put.
MDB_val value_of(std::string_view bytes) {
    return {bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view view_of(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

struct Trees {
    MDB_env* env = nullptr;
    MDB_dbi events = 0, streams = 0;
};

/// Keeps one read transaction and renews it for every call: the cheapest way LMDB knows.
class LmdbReader : public Reader {
public:
    explicit LmdbReader(const Trees& trees) : trees_(trees) {}
    ~LmdbReader() override {
        if (streams_ != nullptr) mdb_cursor_close(streams_);
        if (transaction_ != nullptr) mdb_txn_abort(transaction_);
    }

    Result<> start() {
        if (auto worked = checked(mdb_txn_begin(trees_.env, nullptr, MDB_RDONLY, &transaction_)); !worked)
            return worked;
        auto worked = checked(mdb_cursor_open(transaction_, trees_.streams, &streams_));
        mdb_txn_reset(transaction_);
        return worked;
    }

    Result<> stream(std::string_view name, Visitor& visitor) override {
        return in_transaction([&]() -> Result<> {
            make_stream_key(name, 0, key_);
            MDB_val key = value_of(key_), position{};
            int code = mdb_cursor_get(streams_, &key, &position, MDB_SET_RANGE);
            while (code == MDB_SUCCESS &&
                   view_of(key).substr(0, name.size() + 1) == std::string_view(key_).substr(0, name.size() + 1)) {
                if (auto worked = visit(position, visitor); !worked) return worked;
                code = mdb_cursor_get(streams_, &key, &position, MDB_NEXT);
            }
            return code == MDB_NOTFOUND ? Result<>() : checked(code);
        });
    }

    Result<> last(std::string_view name, Visitor& visitor) override {
        return in_transaction([&]() -> Result<> {
            make_stream_key(name, std::numeric_limits<std::uint64_t>::max(), key_);
            MDB_val key = value_of(key_), position{};
            const int after = mdb_cursor_get(streams_, &key, &position, MDB_SET_RANGE);
            if (after != MDB_SUCCESS && after != MDB_NOTFOUND) return checked(after);
            const auto step = after == MDB_SUCCESS ? MDB_PREV : MDB_LAST;
            if (auto worked = checked(mdb_cursor_get(streams_, &key, &position, step)); !worked) return worked;
            return visit(position, visitor);
        });
    }

    Result<> replay(Visitor& visitor) override {
        return in_transaction([&]() -> Result<> {
            MDB_cursor* walk = nullptr;
            if (auto worked = checked(mdb_cursor_open(transaction_, trees_.events, &walk)); !worked) return worked;
            MDB_val key{}, value{};
            int code = mdb_cursor_get(walk, &key, &value, MDB_FIRST);
            for (; code == MDB_SUCCESS; code = mdb_cursor_get(walk, &key, &value, MDB_NEXT)) {
                visitor.event(decode_record(view_of(value)).seen);
            }
            mdb_cursor_close(walk);
            return code == MDB_NOTFOUND ? Result<>() : checked(code);
        });
    }

private:
    template <class F>
    Result<> in_transaction(F&& read) {
        if (auto worked = checked(mdb_txn_renew(transaction_)); !worked) return worked;
        auto worked = checked(mdb_cursor_renew(transaction_, streams_));
        if (worked) worked = read();
        mdb_txn_reset(transaction_);
        return worked;
    }

    Result<> visit(MDB_val position, Visitor& visitor) {
        MDB_val value{};
        auto worked = checked(mdb_get(transaction_, trees_.events, &position, &value));
        if (worked) visitor.event(decode_record(view_of(value)).seen);
        return worked;
    }

    Trees trees_;
    MDB_txn* transaction_ = nullptr;
    MDB_cursor* streams_ = nullptr;
    std::string key_;
};

class Lmdb : public Subject {
public:
    ~Lmdb() override { std::ignore = close(); }

    Result<> create(const Path& folder, Durability mode) override { return open(folder, mode); }

    Result<> open(const Path& folder, Durability mode) override {
        if (auto worked = checked(mdb_env_create(&trees_.env)); !worked) return worked;
        mdb_env_set_mapsize(trees_.env, map_bytes);
        mdb_env_set_maxdbs(trees_.env, 2);
        mdb_env_set_maxreaders(trees_.env, readers_max);
        const unsigned flags = MDB_NOTLS | (mode == Durability::durable ? 0U : MDB_NOSYNC);
        if (auto worked = checked(mdb_env_open(trees_.env, folder.c_str(), flags, 0644)); !worked) return worked;
        MDB_txn* transaction = nullptr;
        if (auto worked = checked(mdb_txn_begin(trees_.env, nullptr, 0, &transaction)); !worked) return worked;
        int code = mdb_dbi_open(transaction, "events", MDB_CREATE | MDB_INTEGERKEY, &trees_.events);
        if (code == MDB_SUCCESS) code = mdb_dbi_open(transaction, "streams", MDB_CREATE, &trees_.streams);
        if (code == MDB_SUCCESS) return checked(mdb_txn_commit(transaction));
        mdb_txn_abort(transaction);
        return checked(code);
    }

    Result<> append(std::span<const Sample> events) override {
        const std::scoped_lock lock(writing_);
        MDB_txn* transaction = nullptr;
        if (auto worked = checked(mdb_txn_begin(trees_.env, nullptr, 0, &transaction)); !worked) return worked;
        for (const Sample& event : events) {
            if (const int code = put(transaction, event); code != MDB_SUCCESS) {
                mdb_txn_abort(transaction);
                return checked(code);
            }
        }
        return checked(mdb_txn_commit(transaction));
    }

    Result<std::unique_ptr<Reader>> reader() override {
        auto reader = std::make_unique<LmdbReader>(trees_);
        if (auto worked = reader->start(); !worked) return std::move(worked).error();
        return std::unique_ptr<Reader>(std::move(reader));
    }

    Result<> close() override {
        if (trees_.env == nullptr) return {};
        auto worked = checked(mdb_env_sync(trees_.env, 1));
        mdb_env_close(trees_.env);
        trees_ = {};
        return worked;
    }

private:
    int put(MDB_txn* transaction, const Sample& event) {
        record_.clear();
        append_record(event, record_);
        make_stream_key(event.stream, heads_.next(event.stream), key_);
        const std::uint64_t position = next_++;
        MDB_val position_bytes = value_of({reinterpret_cast<const char*>(&position), sizeof position});
        MDB_val record = value_of(record_), key = value_of(key_);
        const int code = mdb_put(transaction, trees_.events, &position_bytes, &record, MDB_APPEND);
        return code == MDB_SUCCESS ? mdb_put(transaction, trees_.streams, &key, &position_bytes, 0) : code;
    }

    Trees trees_;
    std::mutex writing_;
    Heads heads_;
    std::uint64_t next_ = 0;
    std::string record_, key_;
};

}  // namespace

std::unique_ptr<Subject> make_lmdb() {
    return std::make_unique<Lmdb>();
}

}  // namespace varve::bench
