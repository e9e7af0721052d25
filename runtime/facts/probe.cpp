#include "runtime/facts/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/facts/binder.h"
#include "runtime/facts/variables.h"
#include "runtime/table/fact_code.h"

namespace switchyard::facts {
namespace {

std::string declared(const FactInfo& fact) {
  switch (fact.source) {
    case FactInfo::Source::kEngine:
      return "";
    case FactInfo::Source::kEnv:
      return fmt::format("from env \"{}\"", fact.source_key);
    case FactInfo::Source::kDevice:
      return "from device " + fact.source_key;
    case FactInfo::Source::kModel:
      return "from model " + fact.source_key;
  }
  return "";
}

bool may_answer(const Provider& provider, const FactInfo& fact) {
  switch (fact.source) {
    case FactInfo::Source::kEngine:
      return provider.source != Source::environment;
    case FactInfo::Source::kEnv:
      return false;
    case FactInfo::Source::kDevice:
      return provider.source == Source::device;
    case FactInfo::Source::kModel:
      return provider.source == Source::model;
  }
  return false;
}

// The first provider of the source that the fact names, if there is one.
const Provider* asked_of(const FactInfo& fact, const Surroundings& around) {
  if (fact.source == FactInfo::Source::kEngine) return nullptr;
  const auto found =
      std::find_if(around.providers.begin(), around.providers.end(),
                   [&](const Provider& provider) { return may_answer(provider, fact); });
  return found == around.providers.end() ? nullptr : &*found;
}

std::vector<Provided> ask(const Table& table, const std::vector<Provider>& providers) {
  std::vector<Provided> provided;
  for (const Provider& provider : providers) {
    std::vector<std::string> asked;
    for (const FactInfo& fact : table.facts()) {
      if (!may_answer(provider, fact)) continue;
      const std::string& key =
          fact.source == FactInfo::Source::kEngine ? fact.name : fact.source_key;
      if (std::find(asked.begin(), asked.end(), key) != asked.end()) continue;
      asked.push_back(key);
      if (auto value = provider.value(key)) {
        provided.push_back({provider.source, key, std::move(*value), provider.origin});
      }
    }
  }
  return provided;
}

}  // namespace

Expected<ProbedFacts> probe_facts(const Table& table, const Surroundings& around) {
  const std::vector<Provided> provided = ask(table, around.providers);
  Binder binder(table, provided, around.environment, Binder::Caller::kEngine);
  for (const Override& given : around.overrides) binder.override_fact(given);
  std::vector<ProbedFact> facts;
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
    const FactInfo& info = table.facts()[f];
    ProbedFact fact{info.name, declared(info), true, std::nullopt, ""};
    const Binder::Bound bound = binder.bind_fact(f);
    if (const Provider* silent = asked_of(info, around);
        bound == Binder::Bound::kNobody && silent) {
      binder.no_such_key(f, silent->origin);
    }
    // A variable that is not set stays so: its default is as fixed as a value.
    if (bound == Binder::Bound::kDefault) (void)binder.row().set_code(f, *info.default_code);
    fact.fixed = bound != Binder::Bound::kNobody;
    fact.origin = fact.fixed ? binder.origin(f) : "sent with each decision";
    if (!fact.fixed && info.default_code) {
      fact.value = spell(info, *info.default_code);
      fact.origin += ", or the policy's default";
    }
    facts.push_back(std::move(fact));
  }
  if (!binder.problems().empty()) return fail(binder.problems());
  ProbedFacts result{std::move(binder.row()), std::move(facts), {}};
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
    if (!result.facts[f].fixed) continue;
    const FactInfo& info = table.facts()[f];
    result.facts[f].value = spell(info, code_in(result.row.data(), info));
  }
  for (UnreadVariable& unread : unread_variables(table, around.variables, around.other_variables)) {
    result.warnings.push_back(std::move(unread.message));
  }
  return result;
}

std::string to_text(const ProbedFacts& probed) {
  std::size_t name = 0, value = 0;
  for (const ProbedFact& fact : probed.facts) {
    name = std::max(name, fact.name.size());
    value = std::max(value, fact.value.value_or("?").size());
  }
  std::string out;
  for (const ProbedFact& fact : probed.facts) {
    out += fmt::format("  {:<{}} = {:<{}}  {}{}{}\n", fact.name, name, fact.value.value_or("?"),
                       value, fact.declared, fact.declared.empty() ? "" : ": ", fact.origin);
  }
  for (const std::string& warning : probed.warnings) out += "  warning: " + warning + "\n";
  return out;
}

}  // namespace switchyard::facts
