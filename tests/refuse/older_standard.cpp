// varve needs C++20: compile with -std=c++20 or newer
// alone, under -std=c++17
#include "varve/varve.hpp"
