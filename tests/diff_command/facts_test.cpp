// Facts and values that came or went.
#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"

namespace switchyard::testing {
namespace {

ProcessResult between(const std::string& before, const std::string& after,
                      const std::string& rules = "t otherwise\n") {
  const TemporaryFolder folder;
  const std::string targets = "target t\ntarget u\n";
  return policy_diff({folder.write("old.policy", before + targets + rules),
                      folder.write("new.policy", after + targets + rules)});
}

void says(const ProcessResult& result, int status, const std::string& part) {
  INFO(result.out << result.err);
  CHECK(result.status == status);
  CHECK((result.out + result.err).find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a fact that one policy lacks is irrelevant to it") {
  says(between("fact a : bool\n", "fact a : bool\nfact b : bool\n"), 0,
       "`b` is added: the old policy is the same for each of its values");
  says(between("fact a : bool\nfact b : bool\n", "fact a : bool\n"), 0, "`b` is removed");
}

TEST_CASE("values that came or went are excluded where they are not") {
  const ProcessResult more = between("fact a : enum { x, y }\n", "fact a : enum { x, y, z }\n");
  says(more, 1, "`a` gains `z`, excluded in the old policy");
  says(more, 1, "1: excluded -> t");
  says(more, 1, "a value that `a` does not have there");
  says(between("fact a : enum { x, y, z }\n", "fact a : enum { x, y }\n"), 1, "1: t -> excluded");
  says(between("fact a : name { x }\n", "fact a : name { x, z }\n"), 0,
       "`a` gains `z`, `other` in the old policy");
  says(between("fact a : int 1 .. 4\n", "fact a : int 2 .. 8\n"), 1, "`a` gains `5 .. 8`");
  says(between("fact a : int 1 .. 4\n", "fact a : int 2 .. 8\n"), 1, "`a` loses `1`");
  says(between("fact a : enum { x }\n", "fact a : name { x }\n"), 1, "`a` was an enum and is a name");
  says(between("fact a : bool = true\n", "fact a : bool\n"), 0, "`a` had `true` and has no default");
}

TEST_CASE("facts of one name and other kinds cannot be compared") {
  says(between("fact a : bool\n", "fact a : int 1 .. 4\n"), 2, "`a`");
}

}  // namespace switchyard::testing
