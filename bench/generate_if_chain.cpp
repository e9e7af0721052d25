#include <cstdio>

#include "bench/random_rules.h"

// Prints the C++ of the chain that bench_decide compares the table with.
int main() {
  using namespace switchyard::bench;
  std::fputs(if_chain(random_rules(kRandomRules, kRandomSeed), "if_chain_of_random_rules").c_str(),
             stdout);
  return 0;
}
