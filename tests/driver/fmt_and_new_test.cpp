#include <catch2/catch.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {

TEST_CASE("new: the command that it names is one that a shell can run") {
  const TemporaryFolder folder;
  const std::string plain = folder.path("first.policy"), odd = folder.path("it's one.policy");
  CHECK(policyc({"new", plain}).out == "wrote " + plain + "; compile it with `policyc " + plain + " -o " +
                                           folder.path("first.table") + "`\n");
  const std::string out = policyc({"new", odd}).out;
  CHECK(out.find("policyc '" + folder.path("it'\\''s one.policy") + "' -o '") != std::string::npos);
}

TEST_CASE("new writes a starter that compiles, is canonical, and is never overwritten") {
  const TemporaryFolder folder;
  const std::string path = folder.path("first.policy");
  const ProcessResult created = policyc({"new", path});
  CHECK(created.err == "");
  REQUIRE(created.status == 0);
  CHECK(policyc({"fmt", "--check", path}).err == "");
  const ProcessResult compiled = policyc({path, "-o", folder.path("first.table")});
  CHECK(compiled.err == "");
  CHECK(compiled.status == 0);
  const ProcessResult verified = policyc({"verify", path});
  CHECK(verified.status == 0);
  CHECK(verified.out.find("warning") == std::string::npos);
  const std::string before = read_file(path);
  const ProcessResult again = policyc({"new", path});
  CHECK(again.status == 2);
  CHECK(again.err.find("exists") != std::string::npos);
  CHECK(read_file(path) == before);
  // Names that no policy can have still give one that compiles.
  CHECK(policyc({"-"}, policyc({"new", "-"}).out).status == 0);
  for (const std::string name : {"9lives.policy", "when.policy", "a-b c.policy"}) {
    INFO(name);
    REQUIRE(policyc({"new", folder.path(name)}).status == 0);
    CHECK(policyc({folder.path(name)}).status == 0);
  }
}

TEST_CASE("fmt keeps comments and meaning, and is idempotent") {
  const TemporaryFolder folder;
  const std::string messy =
      "# head\npolicy   p\nfact a:bool   # trailing\n\n\n\ntarget t\ntarget u\nt when   a\nu otherwise\n";
  const std::string path = folder.write("messy.policy", messy);
  CHECK(policyc({"fmt", "--check", path}).status == 1);
  CHECK(read_file(path) == messy);
  REQUIRE(policyc({"fmt", path}).status == 0);
  const std::string once = read_file(path);
  CHECK(once.find("# head") != std::string::npos);
  CHECK(once.find("# trailing") != std::string::npos);
  CHECK(policyc({"fmt", "--check", path}).status == 0);
  CHECK(policyc({"fmt", "-"}, messy).out == once);
}

TEST_CASE("fmt leaves a text with errors alone") {
  const TemporaryFolder folder;
  const std::string path = folder.write("bad.policy", "fact a bool\n");
  const ProcessResult result = policyc({"fmt", path});
  CHECK(result.status == 1);
  CHECK(read_file(path) == "fact a bool\n");
}

}  // namespace switchyard::testing
