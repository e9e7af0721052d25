#include <catch2/catch.hpp>

#include "runtime/bench/kernel_choice.h"

using namespace switchyard;
using namespace switchyard::bench;

namespace {

std::string parsed(std::string_view text) {
  const auto choice = parse_choice(text, kernels::cpu_kernels());
  return choice ? name_of(*choice) : choice.error().message;
}

std::vector<std::string> names(const Expected<std::vector<KernelChoice>>& choices) {
  REQUIRE(choices);
  std::vector<std::string> result;
  for (const KernelChoice& choice : *choices) result.push_back(name_of(choice));
  return result;
}

}  // namespace

TEST_CASE("a kernel and its parameters are read as policies write them", "[choice]") {
  CHECK(parsed("packed") == "packed(block_m = 64)");
  CHECK(parsed("packed(block_m=16)") == "packed(block_m = 16)");
  CHECK(parsed(" packed ( block_m = 16 ) ") == "packed(block_m = 16)");
  CHECK(parsed("packed()") == "packed(block_m = 64)");
  CHECK(parsed("native") == "native");
}

TEST_CASE("a kernel that is none, and why", "[choice]") {
  CHECK(parsed("paked") ==
        "there is no kernel `paked` on cpu; did you mean `packed`?; there are native, packed, "
        "emulated");
  CHECK(parsed("packed(blok_m=16)") ==
        "kernel `packed` has no parameter `blok_m`; did you mean `block_m`?; it has block_m");
  CHECK(parsed("native(block_m=16)") == "kernel `native` has no parameter `block_m`; it has none");
  CHECK(parsed("packed(block_m=257)") ==
        "kernel `packed`: parameter `block_m` is 257, but must be 1 .. 256");
  CHECK(parsed("packed(block_m=16") ==
        "kernel `packed(block_m=16`: its parameters end without `)`");
  CHECK(parsed("packed(block_m=16,block_m=32)") == "kernel `packed`: `block_m` is given twice");
  for (const char* text :
       {"packed(16)", "packed(block_m=)", "packed(block_m=a)", "packed(=1)", "packed(block_m=16,)",
        "packed(,)", "packed(block_m=1 6)", "packed(block_m=99999999999999999999)"}) {
    CAPTURE(text);
    CHECK_THAT(parsed(text), Catch::Contains("is not of the form NAME=NUMBER"));
  }
}

TEST_CASE("every kernel that can run a layer, with the powers of two it takes", "[choice]") {
  kernels::LayerConfig config;
  config.shape = {64, 64, 4, 2};
  CHECK(names(all_choices(kernels::cpu_kernels(), config)) ==
        std::vector<std::string>{
            "native", "packed(block_m = 1)", "packed(block_m = 2)", "packed(block_m = 4)",
            "packed(block_m = 8)", "packed(block_m = 16)", "packed(block_m = 32)",
            "packed(block_m = 64)", "packed(block_m = 128)", "packed(block_m = 256)", "emulated"});
  config.shape.hidden = 48;
  CHECK(names(all_choices(kernels::cpu_kernels(), config)).empty());
  // A kernel that takes no parameters at all is not left out without a word.
  std::vector<kernels::Kernel> broken = {kernels::cpu_kernels().front()};
  broken.front().make = [](const auto&...) {
    return kernels::Expected<std::unique_ptr<kernels::PreparedLayer>>(kernels::fail("lost"));
  };
  config.shape.hidden = 64;
  const auto none = all_choices(broken, config);
  REQUIRE(!none);
  CHECK(none.error().message == "lost");
}
