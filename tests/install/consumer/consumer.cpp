// consumer TABLE FACT=VALUE…: opens a table, decides, prints the outcome. Exit status 1 on an error.
#include <cstdio>
#include <string>
#include <string_view>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/table/table.h"

namespace {

int fail(const switchyard::Error& error) {
  std::fprintf(stderr, "consumer: %s\n", error.message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto table = switchyard::Table::open(argv[1]);
  if (!table) return fail(table.error());
  switchyard::FactRow row(*table);
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    if (const auto set = row.set_text(argument.substr(0, equals), argument.substr(equals + 1)); !set) {
      return fail(set.error());
    }
  }
  const auto facts = row.finish();
  if (!facts) return fail(facts.error());
  const switchyard::Decision decision = switchyard::decide(*table, *facts);
  if (decision != switchyard::decide_general(*table, *facts)) return 3;
  if (decision.kind != switchyard::Decision::Kind::kTarget) return 4;
  std::printf("%s\n", switchyard::spell_outcome(*table, decision.index).c_str());
  return 0;
}
