// varve: a personal value cannot be the key of a row; key it by its subject
#include <string>

#include "varve/table.hpp"

struct Row {
#if defined(REPAIRED)
    std::string contact;
#else
    varve::Personal<std::string> contact;
#endif
    int calls = 0;
};

int calls() {
    return static_cast<int>(varve::Table<Row>().size());
}
