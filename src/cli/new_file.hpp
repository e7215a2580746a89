/// A file that appears whole or not at all.
#pragma once

#include <string>

#include "varve/result.hpp"

namespace varve::cli {

/// Written beside its final name (`NAME.partial`) and renamed when it is complete; removed when it never is.
class NewFile {
public:
    /// `already_exists` when there is such a file and `replace` is false; `failed_precondition` when the name
    /// belongs to something that is no file.
    [[nodiscard]] static Result<NewFile> create(const std::string& path, bool replace);

    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    /// For writing; owned by this object.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Makes it durable under its final name. Call once, after everything is written.
    Result<> complete();

private:
    NewFile(std::string path, bool replace, int descriptor);

    std::string path_;
    std::string partial_;
    bool replace_;
    int descriptor_;
};

}  // namespace varve::cli
