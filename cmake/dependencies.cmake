# Every dependency is a Debian package, named in scripts/packages.txt.
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(FlatBuffers REQUIRED)
find_package(hwy REQUIRED)
find_package(antlr4-runtime REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

# CaDiCaL ships a static library and a header, nothing for CMake.
find_library(CADICAL_LIBRARY cadical REQUIRED)
find_path(CADICAL_INCLUDE_DIR cadical.hpp REQUIRED)
add_library(cadical STATIC IMPORTED)
set_target_properties(cadical PROPERTIES IMPORTED_LOCATION ${CADICAL_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${CADICAL_INCLUDE_DIR})

# toml++: its headers alone, compiled in one source file of policyc.
find_path(TOML_INCLUDE_DIR toml++/toml.h REQUIRED)
add_library(toml INTERFACE IMPORTED)
set_target_properties(toml PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${TOML_INCLUDE_DIR})

if(SWITCHYARD_TESTS)
  find_package(Catch2 2 REQUIRED)
  find_package(rapidcheck REQUIRED)
  pkg_check_modules(z3 REQUIRED IMPORTED_TARGET z3)
endif()
if(SWITCHYARD_BENCH)
  find_package(benchmark REQUIRED)
endif()
