#include "index/append_merge.hpp"

#include <rocksdb/merge_operator.h>

namespace varve::index {
namespace {

/// Not RocksDB's associative form: that one merges pair by pair, which is quadratic in the number of operands.
class AppendMerge final : public rocksdb::MergeOperator {
public:
    /// Written into the index's files; part of rows_format.
    const char* Name() const override { return "varve.append.1"; }

    bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
        if (in.existing_value == nullptr && in.operand_list.size() == 1) {
            out->existing_operand = in.operand_list.front();
            return true;
        }
        std::size_t bytes = in.existing_value == nullptr ? 0 : in.existing_value->size();
        for (const rocksdb::Slice& operand : in.operand_list) bytes += operand.size();
        out->new_value.clear();
        out->new_value.reserve(bytes);
        if (in.existing_value != nullptr) out->new_value.append(in.existing_value->data(), in.existing_value->size());
        for (const rocksdb::Slice& operand : in.operand_list) out->new_value.append(operand.data(), operand.size());
        return true;
    }

    bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands, std::string* merged,
                           rocksdb::Logger*) const override {
        merged->clear();
        for (const rocksdb::Slice& operand : operands) merged->append(operand.data(), operand.size());
        return true;
    }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> append_merge() {
    return std::make_shared<AppendMerge>();
}

}  // namespace varve::index
