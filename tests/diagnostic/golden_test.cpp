// Every policy in tests/golden says what its `.expected` says, and has exactly the findings that
// its markers announce. scripts/bless rewrites the `.expected` files, never the markers.

#include "tests/diagnostic/golden.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "compiler/diagnostic/registry.h"

namespace switchyard {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST_CASE("golden cases say what is expected of them") {
  const bool bless = std::getenv("SWITCHYARD_BLESS") != nullptr;
  if (bless) REQUIRE(std::getenv("CI") == nullptr);
  for (const std::string& path : golden_paths()) {
    const GoldenCase golden = run_golden(path);
    INFO(path);
    CHECK(to_string(golden.found) == to_string(golden.announced));
    if (bless &&
        (!std::ifstream(golden.expected_path) || read(golden.expected_path) != golden.output)) {
      std::ofstream(golden.expected_path, std::ios::binary) << golden.output;
    }
    CHECK(std::ifstream(golden.expected_path).good());
    CHECK(golden.output == read(golden.expected_path));
  }
}

TEST_CASE("there are golden cases enough, and every diagnostic is in one") {
  const auto paths = golden_paths();
  CHECK(paths.size() >= 60);
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    for (const Diagnostic& found : run_golden(path).diagnostics) seen.emplace(found.info->code);
  }
  std::string missing;
  for (const DiagnosticInfo* info : diag::all()) {
    if (!seen.count(std::string(info->code))) {
      missing += std::string(info->code) + " " + std::string(info->name) + "\n";
    }
  }
  CHECK(missing == "");
}

TEST_CASE("codes are unique and well formed") {
  std::set<std::string_view> codes, names;
  for (const DiagnosticInfo* info : diag::all()) {
    INFO(info->code);
    CHECK(codes.insert(info->code).second);
    CHECK(names.insert(info->name).second);
    CHECK(info->code.size() == 6);
    CHECK(info->code.substr(0, 2) == "SY");
  }
}

}  // namespace
}  // namespace switchyard
