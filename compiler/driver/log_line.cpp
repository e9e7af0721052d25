#include "compiler/driver/log_line.h"

#include <nlohmann/json.hpp>

#include "compiler/traffic/seen.h"
#include "runtime/base/check.h"

namespace switchyard::driver {
namespace {

using Json = nlohmann::ordered_json;

Json value_of(const FactInfo& fact, std::int64_t code) {
  switch (fact.kind) {
    case FactInfo::Kind::kBool: return code == 1;
    case FactInfo::Kind::kInt: return code;
    case FactInfo::Kind::kVersion: return spell(fact, code);
    case FactInfo::Kind::kSwitch: return spell(fact, code);
    case FactInfo::Kind::kEnum:
    case FactInfo::Kind::kName: {
      const auto symbol = static_cast<std::size_t>(code);
      return symbol < fact.symbols.size() ? fact.symbols[symbol] : "other";
    }
    case FactInfo::Kind::kFlags: {
      Json symbols = Json::array();
      for (std::size_t bit = 0; bit < fact.symbols.size(); ++bit) {
        if ((code >> bit) & 1) symbols.push_back(fact.symbols[bit]);
      }
      return symbols;
    }
  }
  SWITCHYARD_CHECK(false);
}

std::string_view outcome_of(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::kTarget: return "target";
    case Decision::Kind::kRefused: return "refused";
    case Decision::Kind::kExcluded: return "excluded";
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: break;
  }
  SWITCHYARD_CHECK(false);
}

}  // namespace

std::string log_line(const Table& table, const void* facts, const Decision& decision,
                     std::string_view shows) {
  const FactCodes codes(table);
  Json line;
  Json& given = line["facts"] = Json::object();
  for (FactId fact = 0; fact < codes.size(); ++fact) {
    given[table.facts()[fact].name] = value_of(table.facts()[fact], codes(facts, fact));
  }
  line["outcome"] = outcome_of(decision.kind);
  if (decision.kind == Decision::Kind::kTarget) {
    const OutcomeInfo& outcome = table.outcomes()[decision.index];
    const TargetInfo& target = table.targets()[outcome.target];
    line["target"] = target.name;
    Json& parameters = line["parameters"] = Json::object();
    for (std::size_t i = 0; i < target.parameters.size(); ++i) {
      const ParameterInfo& parameter = target.parameters[i];
      if (parameter.is_integer) parameters[parameter.name] = outcome.parameters[i];
      else parameters[parameter.name] = parameter.symbols[static_cast<std::size_t>(outcome.parameters[i])];
    }
  }
  line["rule"] = decision.kind == Decision::Kind::kExcluded
                     ? table.assumptions()[decision.index].location
                     : table.rules()[decision.rule].location;
  line["table"] = table.hash();
  line["case"] = shows;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace switchyard::driver
