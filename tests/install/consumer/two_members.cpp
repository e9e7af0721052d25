// The smallest caller: its struct has fewer members than decide's inline path may read.
#include "runtime/decide/decide.h"
#include "runtime/store/policy_reader.h"

namespace {

struct Facts {
  int tokens;
  int mx;
};

}  // namespace

unsigned ask(const switchyard::Table& table, int tokens, bool mx) {
  const Facts facts{tokens, mx};
  return switchyard::decide(table, &facts).index;
}

unsigned ask(switchyard::PolicyReader& reader, int tokens, bool mx) {
  const Facts facts{tokens, mx};
  return reader.decide(&facts).index;
}
