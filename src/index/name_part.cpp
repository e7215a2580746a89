#include "index/name_part.hpp"

#include <rocksdb/slice.h>
#include <rocksdb/slice_transform.h>

#include "index/rows.hpp"

namespace varve::index {
namespace {

class NamePart final : public rocksdb::SliceTransform {
public:
    /// Written into the index's files; part of rows_format.
    const char* Name() const override { return "varve.name.1"; }

    rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
        return {key.data(), name_part_of_key({key.data(), key.size()}).size()};
    }
    bool InDomain(const rocksdb::Slice& key) const override {
        return !name_part_of_key({key.data(), key.size()}).empty();
    }
};

}  // namespace

std::shared_ptr<const rocksdb::SliceTransform> name_part() {
    return std::make_shared<NamePart>();
}

}  // namespace varve::index
