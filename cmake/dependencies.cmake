# The libraries of floors 0-4, all from Debian's packages (packages.txt names them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(RocksDB REQUIRED CONFIG)
find_package(SQLite3 REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(cbor REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
# Not the name "zstd": RocksDB looks for one of its own.
pkg_check_modules(libzstd REQUIRED IMPORTED_TARGET libzstd)
