#include "compiler/driver/starter.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace switchyard::driver {
namespace {

constexpr std::string_view kBody = R"(
# Facts: what the engine tells the policy. Each has a finite domain, so that everything below can
# be proved for every combination. `tokens` has a default, so an engine need not send it.
fact supports_mx : bool "the device has OCP MX matrix instructions"
fact scheme : enum { w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp6_e3m2 } from model scheme
  "weights and activations"
fact tokens : int 1 .. 1_048_576 = 1 "tokens in the batch"
fact requested : enum { auto, native, emulated } = auto "a kernel asked for by name"

# Conditions and sets that have a name.
set four_bit = <w_mxfp4, w_mxfp4_a_mxfp4>
let small_batch = tokens <= 16

# Targets: the kernels. Parameters are part of the decision; `requires` says what a kernel can do.
target native "packed MX operands, MX matrix instructions"
target packed(block_m : int 1 .. 256 = 64) "packed weights, decoded in registers"
target emulated "dequantised to bf16 first"
native requires supports_mx and scheme in four_bit because "the instructions are MX only"
packed requires scheme in four_bit

# Rules: tried in order, the first whose condition holds decides.
# `only` refuses, with the reason of `requires`, where what it names cannot run.
only native when requested == native because "asked for by name"
emulated when requested == emulated because "asked for by name"
native when supports_mx and scheme in four_bit
packed(block_m = 16) when small_batch and can packed because "few tokens: tiles of few rows"
first of packed, emulated otherwise

# Promises: proved for every combination whenever this file is compiled.
guarantee four_bit_is_native "the fast kernel runs wherever it can":
  supports_mx and scheme in four_bit and requested == auto implies native
example { supports_mx, scheme = w_mxfp4, tokens = 8, requested = auto } -> native
example { not supports_mx, scheme = w_mxfp6_e3m2, requested = auto } -> emulated
)";

constexpr std::array<std::string_view, 23> kReserved = {
    "and",    "or",     "not",     "implies",  "in",     "has",   "true", "false",
    "when",   "otherwise", "because", "refuse", "never", "requires", "policy", "import",
    "fact",   "assume", "let",     "guarantee", "example", "allow", "decision"};

}  // namespace

std::string starter_policy(std::string_view name) {
  std::string identifier(name);
  for (char& c : identifier) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  const bool usable = !identifier.empty() && std::isdigit(static_cast<unsigned char>(identifier[0])) == 0 &&
                      std::find(kReserved.begin(), kReserved.end(), identifier) == kReserved.end();
  if (!usable) identifier = "moe";
  return "# A Switchyard policy: which kernel runs a mixture-of-experts layer.\n"
         "# Compile:  policyc FILE -o OUT.table\n"
         "# Ask:      policyc eval FILE supports_mx=true scheme=w_mxfp4 tokens=8\n"
         "policy " + identifier + "\n" + std::string(kBody);
}

}  // namespace switchyard::driver
