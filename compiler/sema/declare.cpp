#include <algorithm>
#include <filesystem>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"

// The first pass: every name gets its meaning, so that anything may stand before its declaration.
namespace switchyard::sema {

namespace {

// Adds a declaration that `declare` accepted to the model's list.
void list(Resolution& r, Names& names, Declaration::Kind kind, const ast::Name& name, Span item) {
  const auto place = names.find(name.text);
  if (place == names.end() || place->second.span != name.span) return;  // declared twice
  place->second.declaration = r.model.declarations.size();
  r.model.declarations.push_back({kind, name.text, name.span, item});
}

void declare_target(Resolution& r, const ast::Target& target, BlockId block, Span item) {
  const auto id = static_cast<TargetId>(r.targets.size());
  if (!declare(r.target_names, target.name, Declared::Sort::kTarget, id, *r.sink)) return;
  list(r, r.target_names, Declaration::Kind::kTarget, target.name, item);
  r.targets.push_back({});
  r.targets.back().source = &target;
  Target made;
  made.name = target.name.text;
  made.block = block;
  made.doc = target.doc ? target.doc->value : "";
  made.span = target.name.span;
  r.model.targets.push_back(std::move(made));
}

struct MainItems {  // items of the policy's own block, whose id is known only at the end
  std::vector<const ast::Item*> targets;
  std::vector<const ast::Item*> rules;
};

void declare_decision(Resolution& r, const ast::Item& item, const ast::Decision& decision) {
  const auto id = static_cast<BlockId>(r.blocks.size());
  if (decision.name.text == "target") {
    r.sink->report(diag::ReservedDecision, decision.name.span)
        .with_help("in a promise `target` means the policy's own choice");
  }
  const bool is_new = declare(r.values, decision.name, Declared::Sort::kDecision, id, *r.sink);
  if (!is_new) return;
  r.blocks.push_back({&item, {}});
  Block block;
  block.name = decision.name.text;
  block.span = decision.name.span;
  r.model.blocks.push_back(std::move(block));
  for (const ast::Item& inner : decision.items) {
    if (const auto* target = std::get_if<ast::Target>(&inner.node)) {
      declare_target(r, *target, id, inner.span);
    }
    if (std::holds_alternative<ast::Rule>(inner.node)) r.blocks[id].rules.push_back(&inner);
  }
}

void declare_item(Resolution& r, const ast::Item& item, MainItems& main) {
  if (const auto* fact = std::get_if<ast::Fact>(&item.node)) {
    declare_fact(r, *fact);
    list(r, r.values, Declaration::Kind::kFact, fact->name, item.span);
  } else if (const auto* let = std::get_if<ast::Let>(&item.node)) {
    const auto id = static_cast<std::uint32_t>(r.lets.size());
    if (declare(r.values, let->name, Declared::Sort::kLet, id, *r.sink)) {
      r.lets.emplace_back().source = let;
      list(r, r.values, Declaration::Kind::kLet, let->name, item.span);
    }
  } else if (const auto* set = std::get_if<ast::SetDeclaration>(&item.node)) {
    const auto id = static_cast<std::uint32_t>(r.sets.size());
    if (declare(r.set_names, set->name, Declared::Sort::kSet, id, *r.sink)) {
      r.sets.emplace_back().source = set;
      list(r, r.set_names, Declaration::Kind::kSet, set->name, item.span);
    }
  } else if (std::holds_alternative<ast::Target>(item.node)) {
    main.targets.push_back(&item);
  } else if (std::holds_alternative<ast::Rule>(item.node)) {
    main.rules.push_back(&item);
  } else if (const auto* decision = std::get_if<ast::Decision>(&item.node)) {
    declare_decision(r, item, *decision);
  }
}

// The `policy` line of the file that the user named; the file's stem without one.
void name_policy(Resolution& r) {
  const ast::PolicyName* first = nullptr;
  for (const ast::File& file : r.policy.files) {
    first = nullptr;
    for (const ast::Item& item : file.items) {
      const auto* name = std::get_if<ast::PolicyName>(&item.node);
      if (name == nullptr) continue;
      if (first != nullptr) {
        r.sink->report(diag::SecondPolicyName, name->name.span, first->name.text)
            .with_note(first->name.span, "first named here")
            .with_help("a file holds one policy; remove one of the lines");
      } else {
        first = name;
      }
    }
  }
  if (first != nullptr) {
    r.model.name = first->name.text;
  } else if (!r.policy.files.empty()) {
    const std::string& path = r.sources.file(r.policy.files.back().file).path();
    r.model.name = std::filesystem::path(path).stem().string();
  }
}

// The pseudo-fact by which later rules read a decision.
void add_decision_fact(Resolution& r, BlockId id) {
  Block& block = r.model.blocks[id];
  Fact fact;
  fact.name = block.name;
  fact.kind = FactKind::kDecision;
  for (const TargetId target : block.targets) fact.symbols.push_back(r.model.targets[target].name);
  fact.low = 0;
  fact.high = static_cast<std::int64_t>(fact.symbols.size()) - 1;
  fact.block = id;
  fact.span = block.span;
  block.fact = static_cast<std::uint32_t>(r.model.facts.size());
  const bool broken = block.targets.empty();
  if (broken) {
    r.sink->report(diag::NoTargets, block.span, block.name)
        .with_help("declare inside it the targets that it chooses among");
  }
  r.model.facts.push_back(std::move(fact));
  r.broken_facts.push_back(broken);
}

}  // namespace

void mark_named(Resolution& r, const Declared& declared) {
  if (declared.sort == Declared::Sort::kDecision) return;
  r.model.declarations[declared.declaration].uses += 1;
}

void declare_names(Resolution& r) {
  name_policy(r);
  if (!r.policy.files.empty()) r.model.file = r.policy.files.back().file;
  MainItems main;
  for (const ast::File& file : r.policy.files) {
    for (const ast::Item& item : file.items) declare_item(r, item, main);
  }
  const auto own = static_cast<BlockId>(r.blocks.size());
  r.blocks.push_back({nullptr, std::move(main.rules)});
  r.model.blocks.push_back({});
  for (const ast::Item* item : main.targets) {
    declare_target(r, std::get<ast::Target>(item->node), own, item->span);
  }
  for (TargetId id = 0; id < r.model.targets.size(); ++id) {
    r.model.blocks[r.model.targets[id].block].targets.push_back(id);
  }
  r.model.declared_facts = static_cast<std::uint32_t>(r.model.facts.size());
  for (BlockId id = 0; id < own; ++id) add_decision_fact(r, id);
  for (const Fact& fact : r.model.facts) r.domains.push_back(domain_of(fact));
  check_sets(r);
}

}  // namespace switchyard::sema
