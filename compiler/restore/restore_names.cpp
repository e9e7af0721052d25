#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compiler/restore/restoring.h"

namespace switchyard::restoring {

namespace {

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
}

// Whether every one is a name and no two are equal.
template <typename Named>
bool are_names(const std::vector<Named>& all) {
  std::set<std::string_view> seen;
  return std::all_of(all.begin(), all.end(), [&](const Named& one) {
    return is_identifier(one.name) && seen.insert(one.name).second;
  });
}

bool differ(const std::vector<std::string>& symbols) {
  return std::set<std::string_view>(symbols.begin(), symbols.end()).size() == symbols.size();
}

// The file that lists what is told without a place: a line each.
class Listing {
 public:
  Listing(FileId file, const std::string& policy) : file_(file), text_("# policy " + policy) {
    // A comment ends with its line; the name may be any bytes.
    std::replace(text_.begin(), text_.end(), '\n', ' ');
    text_ += '\n';
  }
  Span add(std::string_view keyword, std::string_view name) {
    text_ += keyword;
    text_ += ' ';
    const auto begin = static_cast<std::uint32_t>(text_.size());
    text_ += name;
    text_ += '\n';
    return {file_, begin, static_cast<std::uint32_t>(begin + name.size())};
  }
  std::string take() { return std::move(text_); }

 private:
  FileId file_;
  std::string text_;
};

Fact fact_of(const FactInfo& from) {
  Fact fact;
  fact.name = from.name;
  fact.kind = static_cast<FactKind>(from.kind);
  fact.low = from.low;
  fact.high = from.high;
  fact.symbols = from.symbols;
  fact.default_code = from.default_code;
  fact.source = static_cast<Fact::Source>(from.source);
  fact.source_key = from.source_key;
  fact.replaces = from.replaces;
  fact.doc = from.doc;
  return fact;
}

Target target_of(const TargetInfo& from) {
  Target target;
  target.name = from.name;
  target.block = from.block;
  target.doc = from.doc;
  for (const ParameterInfo& p : from.parameters) {
    target.parameters.push_back({p.name, p.is_integer, p.low, p.high, p.symbols, p.default_value, {}});
  }
  for (const AttributeInfo& a : from.attributes) {
    target.attributes.push_back({a.name, a.value, a.is_integer, {}});
  }
  return target;
}

// The pseudo-fact by which later blocks read a decision.
Fact decision_of(const Model& model, BlockId id) {
  Fact fact;
  fact.name = model.blocks[id].name;
  fact.kind = FactKind::kDecision;
  for (const TargetId target : model.blocks[id].targets) {
    fact.symbols.push_back(model.targets[target].name);
  }
  fact.high = static_cast<std::int64_t>(fact.symbols.size()) - 1;
  fact.block = id;
  fact.span = model.blocks[id].span;
  return fact;
}

std::string restore_targets(Restoring& r, Listing& listing) {
  for (const TargetInfo& from : r.table.targets()) {
    Target target = target_of(from);
    target.span = listing.add("target", target.name);
    for (Parameter& parameter : target.parameters) parameter.span = target.span;
    for (Attribute& attribute : target.attributes) attribute.span = target.span;
    if (!are_names(target.parameters) || !are_names(target.attributes)) {
      return "the parameters or attributes of a target have no names of their own";
    }
    for (const Parameter& parameter : target.parameters) {
      if (!differ(parameter.symbols)) return "a parameter has one symbol twice";
    }
    r.model.targets.push_back(std::move(target));
  }
  return are_names(r.model.targets) ? "" : "two targets have one name, or one has none";
}

std::string restore_outcomes(Restoring& r) {
  std::set<std::tuple<bool, TargetId, std::vector<std::int64_t>>> seen;
  for (const OutcomeInfo& from : r.table.outcomes()) {
    Outcome outcome{from.refused, from.refused ? 0 : from.target, from.parameters};
    if (!seen.emplace(outcome.refused, outcome.target, outcome.parameters).second) {
      return "two outcomes are equal";
    }
    r.model.outcomes.push_back(std::move(outcome));
  }
  return {};
}

// After the targets.
std::string restore_blocks(Restoring& r, Listing& listing) {
  const std::size_t own = r.table.blocks().size() - 1;
  if (r.policy.facts()->size() != r.policy.declared_facts() + own) {
    return "its decisions are not its blocks";
  }
  for (BlockId id = 0; id <= own; ++id) {
    const BlockInfo& from = r.table.blocks()[id];
    const format::Block& stored = *r.policy.blocks()->Get(id);
    Block block;
    block.name = from.name;
    for (TargetId target = 0; target < r.model.targets.size(); ++target) {
      if (r.model.targets[target].block == id) block.targets.push_back(target);
    }
    if (block.targets != from.targets) return "a block chooses among targets of another";
    block.first_row = from.first_row;
    block.row_count = from.row_count;
    if (stored.has_fact() != (id != own)) return "its decisions are not its blocks";
    if (id == own) {
      if (!block.name.empty()) return "its own rules have a name";
      block.span = {0, 0, 0};
    } else {
      block.span = listing.add("decision", block.name);
      block.fact = r.model.declared_facts + id;
      // Table::open compared the number of its targets.
      if (stored.fact() != *block.fact) return "its decisions are not in the order of its blocks";
    }
    r.model.blocks.push_back(std::move(block));
    if (id != own) r.model.facts.push_back(decision_of(r.model, id));
  }
  return are_names(r.model.facts) ? "" : "two facts have one name, or one has none";
}

// The chains together may not say that a target is faster than itself.
bool acyclic(const Model& model) {
  std::vector<std::vector<TargetId>> slower(model.targets.size());
  std::vector<std::size_t> faster_ones(model.targets.size(), 0);
  for (const auto& chain : model.faster) {
    for (std::size_t i = 1; i < chain.size(); ++i) {
      slower[chain[i - 1]].push_back(chain[i]);
      ++faster_ones[chain[i]];
    }
  }
  std::vector<TargetId> free;
  for (TargetId target = 0; target < slower.size(); ++target) {
    if (faster_ones[target] == 0) free.push_back(target);
  }
  for (std::size_t i = 0; i < free.size(); ++i) {
    for (const TargetId target : slower[free[i]]) {
      if (--faster_ones[target] == 0) free.push_back(target);
    }
  }
  return free.size() == slower.size();
}

}  // namespace

std::string restore_names(Restoring& r, const std::string& name) {
  r.model.name = r.table.policy();
  r.model.declared_facts = static_cast<std::uint32_t>(r.table.facts().size());
  Listing listing(static_cast<FileId>(r.sources.size()), r.model.name);
  for (const FactInfo& from : r.table.facts()) {
    r.model.facts.push_back(fact_of(from));
    r.model.facts.back().span = listing.add("fact", from.name);
    if (!differ(from.symbols)) return "a fact has one symbol twice";
  }
  std::string wrong = restore_targets(r, listing);
  if (wrong.empty()) wrong = restore_outcomes(r);
  if (wrong.empty()) wrong = restore_blocks(r, listing);
  if (!wrong.empty()) return wrong;
  r.model.faster = r.table.faster();
  if (!acyclic(r.model)) return "a target is faster than itself";
  r.sources.add(name, listing.take());
  return {};
}

}  // namespace switchyard::restoring
