#include "kernels/statement.h"

#include <algorithm>

namespace switchyard::kernels {

std::vector<GuardedClause> statement(std::span<const Kernel> kernels) {
  Clause device{"device", Clause::OneOf{}};
  std::vector<GuardedClause> others;
  for (const Kernel& kernel : kernels) {
    for (const Clause& clause : kernel.capability) {
      if (clause.fact == device.fact) continue;
      const auto same = std::find_if(others.begin(), others.end(), [&](const GuardedClause& each) {
        return each.clause == clause;
      });
      if (same == others.end()) {
        others.push_back({{kernel.device}, clause});
      } else {
        same->devices.push_back(kernel.device);
      }
    }
    std::get<Clause::OneOf>(device.test).symbols.push_back(kernel.device);
  }
  std::vector<GuardedClause> result = {{{}, std::move(device)}};
  for (GuardedClause& each : others) {
    if (each.devices.size() == kernels.size()) each.devices.clear();
    result.push_back(std::move(each));
  }
  return result;
}

std::string to_text(const GuardedClause& clause) {
  const std::string text = to_text(clause.clause);
  if (clause.devices.empty()) return text;
  return to_text(Clause{"device", Clause::OneOf{clause.devices}}) + " implies " + text;
}

}  // namespace switchyard::kernels
