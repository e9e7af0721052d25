#include "runtime/facts/bind.h"

#include <fmt/format.h>

#include "runtime/facts/binder.h"
#include "runtime/table/fact_code.h"

namespace switchyard::facts {

Expected<Override> parse_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(fmt::format("`{}` is not of the form NAME=VALUE", text));
  }
  return Override{text.substr(0, equals), text.substr(equals + 1)};
}

Expected<BoundFacts> bind_facts(const Table& table, std::span<const Provided> provided,
                                const Environment& environment,
                                std::span<const Override> overrides) {
  Binder binder(table, provided, environment, Binder::Caller::kCommandLine);
  for (const Override& given : overrides) binder.override_fact(given);
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
    if (binder.bind_fact(f) == Binder::Bound::kNobody) binder.use_default(f);
  }
  if (!binder.problems().empty()) return fail(binder.problems());
  const Expected<const void*> finished = binder.row().finish();
  if (!finished) return tl::unexpected(finished.error());
  BoundFacts result{std::move(binder.row()), {}};
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
    const FactInfo& info = table.facts()[f];
    result.facts.push_back({info.name, spell(info, code_in(*finished, info)), binder.origin(f)});
  }
  return result;
}

}  // namespace switchyard::facts
