#include <catch2/catch.hpp>

#include "runtime/store/policy_imports.h"

namespace switchyard::testing {

TEST_CASE("imports are found by words alone") {
  using Paths = std::vector<std::string>;
  CHECK(imports_of("") == Paths{});
  CHECK(imports_of("policy p\nimport \"a.facts\"\nimport\n  \"b/c.facts\" # import \"d\"\n") ==
        Paths{"a.facts", "b/c.facts"});
  CHECK(imports_of("fact important : bool \"import\"\n\"import\" \"x\"") == Paths{});
  CHECK(imports_of("import \"a\\\"b\"") == Paths{"a\"b"});
  CHECK(imports_of("import \"no end") == Paths{"no end"});
  CHECK(imports_of("import x \"y\"") == Paths{});
  CHECK(import_path("p/a.policy", "../f.facts") == "p/../f.facts");
  CHECK(import_path("a.policy", "f.facts") == "f.facts");
  CHECK(import_path("p/a.policy", "/f.facts") == "/f.facts");
}

}  // namespace switchyard::testing
