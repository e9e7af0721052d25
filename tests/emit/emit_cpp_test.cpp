#include <catch2/catch.hpp>

#include <set>

#include "compiler/emit/emit_cpp.h"
#include "tests/emit/policy_text.h"
#include "tests/process/process.h"
#include "tests/random/random_policy.h"

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
  for (const char* part : {"class_", "int_1 = 0", "int_ = 1", "a_b = 2", "a_b_ = 3", "v7up = 4"}) {
    INFO(part << "\n" << header);
    CHECK(header.find(part) != std::string::npos);
  }
}

namespace {

// That the headers of these policies compile together, behind headers full of macros and without a
// warning, and that `uses` does in a function.
void check_compiles(const std::vector<std::string>& policies, const std::string& uses) {
  const TemporaryFolder folder;
  std::string program =
      "#include <sys/sysmacros.h>\n#include <complex.h>\n#include <cerrno>\n#include <climits>\n"
      "#include <cmath>\n#include <csignal>\n#include <cstdio>\n#include <cstdlib>\n";
  for (std::size_t i = 0; i < policies.size(); ++i) {
    const std::string name = "p" + std::to_string(i) + ".h";
    folder.write(name, emit_cpp(open_policy(policies[i])));
    program += "#include \"" + name + "\"\n";
  }
  program += "void use() {" + uses + "}\n";
  const std::string path = folder.write("all.cpp", program);
  for (const char* const standard : {"-std=c++20", "-std=gnu++20"}) {
    const ProcessResult compiled = run_process({CXX_COMPILER, standard, "-fsyntax-only", "-Wall",
                                                "-Wextra", "-Werror", "-I", SOURCE_FOLDER, path});
    INFO(compiled.err);
    for (const std::string& policy : policies) UNSCOPED_INFO(policy);
    REQUIRE(compiled.status == 0);
  }
}

}  // namespace

// Each was a header that did not compile, or could have been.
TEST_CASE("no name of a policy makes a header that does not compile") {
  const std::string end = "target t\nt otherwise\n";
  check_compiles(
      {"policy same_as_type\nfact Mode : enum { a, b }\nfact mode : switch\n"
       "fact MODE : flags { a }\n" + end,
       "policy other_is_type\nfact mode : enum { a, b }\nfact Mode : bool\nfact Mode_ : bool\n" + end,
       "policy the_struct\nfact Facts : bool\nfact facts : enum { Facts }\n" + end,
       "policy Facts\nfact kTableHash : bool\nfact fits : switch\nfact decide : switch\n"
       "fact version : version 1 .. 2\nfact table : switch\nfact Table : switch\n" + end,
       "policy macros\nfact NULL : enum { NULL, EOF, linux, unix, INT64_MIN, errno, major, SIGINT }\n"
       "fact EOF : bool\nfact I : flags { I, NAN, M_PI }\nfact INT64_MIN : int 0 .. 9 = 3\n" + end,
       "policy reserved\nfact _Bool : bool\nfact __x : enum { _A, __B, \"\", \"_\", \"__\", \"-\" }\n"
       "fact _ : enum { a }\nfact __ : enum { a }\nfact x__y : bool\n" + end,
       "policy keywords\nfact class : enum { int, int_, \"int-\", final, override }\n"
       "fact int : flags { Int, int, Int_ }\nfact typeof : switch\nfact unset : switch\n" + end,
       "policy equal\nfact e : enum { \"a-b\", a_b, \"a+b\", \"a--b\", a_b_, \"9\", v9, \"é\" }\n" + end,
       "policy types\nfact T : flags { T, T_, a }\nfact name : name { name, Name, \"Other\" }\n"
       "fact std : enum { std, switchyard }\nfact switchyard : enum { a } \"ends \\\\\"\n"
       "fact int32_t : int 0 .. 5\n" + end},
      "switchyard_policy::same_as_type::Facts a; a.Mode = switchyard_policy::same_as_type::Mode_::a;"
      "a.mode = switchyard_policy::same_as_type::Mode_1::on;"
      "a.MODE_ = switchyard_policy::same_as_type::MODE_1::a;"
      "switchyard_policy::macros::Facts b; b.NULL_ = switchyard_policy::macros::NULL_1::EOF_;"
      "switchyard_policy::equal::Facts c; c.e = switchyard_policy::equal::E_::a_b;"
      "static_assert(int(switchyard_policy::equal::E_::a_b) == 1);"
      "(void)a; (void)b; (void)c;");
}

TEST_CASE("random names of a policy give headers that compile") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  const std::vector<std::string> parts = {"a", "A", "_", "__", "1", "int", "Facts", "mode", "Mode",
                                          "NULL", "E", "v", "T", "decide", "std", "fits", "version"};
  const auto any = [&](bool symbol) {
    std::string name = symbol ? "" : parts[random() % 3];
    for (std::size_t i = random() % 3 + symbol; i > 0; --i) name += parts[random() % parts.size()];
    if (symbol && random() % 4 == 0) name += random() % 2 == 0 ? "-" : "+";
    return name;
  };
  std::vector<std::string> policies;
  for (std::size_t p = 0; p < 60; ++p) {
    std::string text = "policy p" + std::to_string(p) + "\n";
    std::set<std::string> facts;
    while (facts.size() < 12) facts.insert(any(false));
    for (const std::string& fact : facts) {
      std::set<std::string> symbols;
      while (symbols.size() < 8) symbols.insert(any(true));
      symbols.erase("other");
      const char* const kinds[] = {"enum", "flags", "name"};
      text += "fact " + fact + " : " + kinds[random() % 3] + " {";
      for (const std::string& symbol : symbols) {
        text += (symbol == *symbols.begin() ? " \"" : ", \"") + symbol + "\"";
      }
      text += " }\n";
    }
    policies.push_back(text + "target t\nt otherwise\n");
  }
  check_compiles(policies, "");
}

}  // namespace switchyard::testing
