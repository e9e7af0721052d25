#include "compiler/restore/restore.h"

#include <fmt/format.h>

#include "compiler/restore/restoring.h"

namespace switchyard {

Expected<Restored> restore(const Table& table, const std::string& name) {
  const Sections& sections = table.view().sections;
  Restored out;
  restoring::Restoring r{table,
                         *sections.policy,
                         out.model,
                         out.sources,
                         restoring::ToldSources({sections.text.data(), sections.text.size()}),
                         {},
                         {}};
  std::string wrong = restoring::restore_names(r, name);
  if (wrong.empty()) wrong = restoring::restore_formulas(r);
  if (wrong.empty()) wrong = restoring::restore_rules(r);
  if (!wrong.empty()) {
    return fail(fmt::format("the table `{}` holds no policy: {}; write it again with policyc", name,
                            wrong));
  }
  return out;
}

}  // namespace switchyard
