#include <catch2/catch.hpp>

#include "compiler/emit/emit_cpp.h"
#include "tests/emit/policy_text.h"
#include "tests/process/process.h"

namespace switchyard::testing {

// Compiles a program against the written header and the runtime's headers alone, and runs it.
TEST_CASE("the header of a table compiles, and its struct is what the table reads") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = compile_policy(kEveryKind);
  folder.write("every_kind.table", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto table = Table::from_bytes(bytes);
  REQUIRE(table.has_value());
  const std::string header = emit_cpp(*table);
  CHECK(header == emit_cpp(*table));
  CHECK(header.find(table->hash()) != std::string::npos);
  folder.write("every_kind.h", header);
  folder.write("main.cpp", R"(
#include "every_kind.h"
#include <cstdio>
int main(int, char** argv) {
  using namespace switchyard_policy::every_kind;
  const auto table = switchyard::Table::open(argv[1]);
  if (!table || !fits(*table)) return 1;
  Facts facts;
  facts.mx = 1;
  facts.scheme = Scheme::w4a8;
  facts.arch = Arch::gfx942;
  facts.tokens = 64;
  facts.backends = Backends::ck | Backends::triton;
  facts.rocm = version(7, 1);
  facts.forced = Forced::off;
  const switchyard::Decision decision = decide(*table, facts);
  std::puts(switchyard::spell_outcome(*table, decision.index).c_str());
  facts.arch = Arch::other;
  return decide(*table, facts).kind == switchyard::Decision::Kind::kExcluded ? 0 : 1;
}
)");
  std::vector<std::string> command = {CXX_COMPILER, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic",
                                      "-Werror", "-I", SOURCE_FOLDER, folder.path("main.cpp"),
                                      LIBRARY, std::string("-Wl,-rpath,") + LIBRARY_FOLDER, "-o",
                                      folder.path("main")};
  if (std::string(SANITIZE) != "") command.push_back(std::string("-fsanitize=") + SANITIZE);
  const ProcessResult compiled = run_process(command);
  INFO(compiled.err);
  REQUIRE(compiled.status == 0);
  const ProcessResult ran = run_process({folder.path("main"), folder.path("every_kind.table")});
  CHECK(ran.status == 0);
  CHECK(ran.out == "packed(block_m = 16, order = column)\n");
}

TEST_CASE("a policy may be called like a namespace that the header uses") {
  for (const std::string name : {"switchyard", "std"}) {
    const TemporaryFolder folder;
    const Table table =
        open_policy("policy " + name + "\nfact n : int 1 .. 9\ntarget t\nt otherwise\n");
    const std::string path = folder.write("named.cpp", emit_cpp(table));
    const ProcessResult compiled =
        run_process({CXX_COMPILER, "-std=c++20", "-fsyntax-only", "-I", SOURCE_FOLDER, path});
    INFO(name << "\n" << compiled.err);
    CHECK(compiled.status == 0);
  }
}

TEST_CASE("names that C++ does not take are changed, and stay different") {
  const Table table = open_policy(R"(policy switch_names
fact class : bool
fact kind : enum { int, "int_", "a-b", "a+b", "7up" }
target t
t when class and kind == int
t otherwise
)");
  const std::string header = emit_cpp(table);
  for (const char* part : {"class_", "int_ = 0", "a_b = 2", "a_b_ = 3", "v7up = 4"}) {
    INFO(part << "\n" << header);
    CHECK(header.find(part) != std::string::npos);
  }
}

}  // namespace switchyard::testing
