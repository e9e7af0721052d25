#include <algorithm>
#include <utility>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"

// Lets and `requires` lines. Each is lowered after everything that it reads, found by a walk with
// its own stack: a chain of lets may be as long as a file.
namespace switchyard::sema {

namespace {

// A let, or what a target requires (which `can TARGET` reads).
struct Node {
  bool is_target;
  std::uint32_t index;
};

struct Use {
  Node read;
  Span span;
};

class Dependencies {
 public:
  explicit Dependencies(Resolution& r) : r_(r) {}

  std::vector<Use> of(Node node) {
    uses_.clear();
    if (!node.is_target) {
      visit(*r_.lets[node.index].source->condition);
    } else {
      for (const ast::Item* item : r_.targets[node.index].requirements) {
        visit(*std::get<ast::Requires>(item->node).condition);
      }
    }
    return std::move(uses_);
  }

 private:
  void visit(const ast::Condition& condition) {
    std::visit([this](const auto& node) { walk(node); }, condition.node);
  }
  void walk(const ast::Condition::Constant&) {}
  void walk(const ast::Condition::Modulo&) {}
  void walk(const ast::Condition::Has&) {}
  void walk(const ast::Condition::Bare& c) { let(c.operand.name); }
  void walk(const ast::Condition::In& c) { let(c.left.name); }
  void walk(const ast::Condition::Compare& c) {
    let(c.left.name);
    // On the right a let is read only beside a let or a bool; else the name is a symbol.
    const auto* value = std::get_if<ast::Value>(&c.right);
    const auto* name = value != nullptr ? std::get_if<ast::Name>(value) : nullptr;
    const Declared* left = find(r_.values, c.left.name.text);
    if (name == nullptr || name->quoted || left == nullptr) return;
    const bool boolean = left->sort == Declared::Sort::kLet ||
                         (left->sort == Declared::Sort::kFact &&
                          r_.model.facts[left->index].kind == FactKind::kBool);
    if (boolean) let(*name);
  }
  void walk(const ast::Condition::Can& c) {
    const Declared* target = find(r_.target_names, c.target.text);
    if (target != nullptr) uses_.push_back({{true, target->index}, c.target.span});
  }
  void walk(const ast::Condition::Not& c) { visit(*c.operand); }
  void walk(const ast::Condition::And& c) { for (const auto& one : c.operands) visit(*one); }
  void walk(const ast::Condition::Or& c) { for (const auto& one : c.operands) visit(*one); }
  void walk(const ast::Condition::Implies& c) {
    visit(*c.left);
    visit(*c.right);
  }
  void let(const ast::Name& name) {
    const Declared* declared = find(r_.values, name.text);
    if (declared != nullptr && declared->sort == Declared::Sort::kLet) {
      uses_.push_back({{false, declared->index}, name.span});
    }
  }

  Resolution& r_;
  std::vector<Use> uses_;
};

Ability lower_requirements(Resolution& r, TargetId target, const std::vector<std::int64_t>& values,
                           bool& failed) {
  Ability ability;
  std::vector<FormulaId> formulas;
  for (const ast::Item* item : r.targets[target].requirements) {
    const auto& line = std::get<ast::Requires>(item->node);
    Context context;
    context.place = Context::Place::kRequires;
    context.target = target;
    context.parameters = &values;
    Requirement made{lower(r, *line.condition, context), line.because ? line.because->value : "",
                     item->span};
    failed = failed || context.failed;
    formulas.push_back(made.condition.formula);
    ability.requirements.push_back(std::move(made));
  }
  ability.able = r.model.formulas.all(std::move(formulas));
  return ability;
}

void lower_let(Resolution& r, LetState& let) {
  Context context;
  context.place = Context::Place::kLet;
  Clause condition = lower(r, *let.source->condition, context);
  let.formula = condition.formula;
  let.condition = std::move(condition);
  let.reads = context.reads;
  let.broken = let.broken || context.failed;
}

std::string name_of(const Resolution& r, Node node) {
  return node.is_target ? "can " + r.model.targets[node.index].name
                        : r.lets[node.index].source->name.text;
}

struct Step {
  Node node;
  std::vector<Use> uses;
  std::size_t next = 0;
};

void report_cycle(Resolution& r, const std::vector<Step>& path, std::size_t first) {
  std::string shown;
  for (std::size_t i = first; i < path.size(); ++i) {
    shown += name_of(r, path[i].node) + " -> ";
    if (path[i].node.is_target) {
      r.targets[path[i].node.index].broken = true;
    } else {
      r.lets[path[i].node.index].broken = true;
    }
  }
  const Node start = path[first].node;
  const Span span = start.is_target ? r.model.targets[start.index].span
                                    : r.lets[start.index].source->name.span;
  // A cycle of thousands is shown by its beginning.
  constexpr std::size_t kShown = 8;
  constexpr std::size_t kLongest = 400;
  if (shown.size() > kLongest) shown = shown.substr(0, kLongest) + "… -> ";
  Diagnostic& diagnostic = r.sink->report(diag::DefinitionCycle, span,
                                          start.is_target ? "ability" : "let", name_of(r, start),
                                          shown + name_of(r, start));
  for (std::size_t i = first; i < path.size() && i < first + kShown; ++i) {
    const Use& use = path[i].uses[path[i].next - 1];
    diagnostic.with_note(use.span, fmt::format("`{}` reads `{}` here", name_of(r, path[i].node),
                                               name_of(r, use.read)));
  }
}

void finish(Resolution& r, Node node) {
  if (!node.is_target) {
    if (!r.lets[node.index].broken) lower_let(r, r.lets[node.index]);
    return;
  }
  TargetState& target = r.targets[node.index];
  if (target.broken) return;
  const std::vector<std::int64_t> values = default_arguments(r.model, node.index);
  bool failed = false;
  Ability ability = lower_requirements(r, node.index, values, failed);
  target.broken = failed;
  target.abilities.emplace(values, std::move(ability));
}

}  // namespace

const Ability& ability_of(Resolution& r, TargetId target, const std::vector<std::int64_t>& values) {
  auto& abilities = r.targets[target].abilities;
  if (const auto found = abilities.find(values); found != abilities.end()) return found->second;
  DiagnosticSink silent;
  DiagnosticSink* const loud = std::exchange(r.sink, &silent);
  bool failed = false;
  Ability ability = lower_requirements(r, target, values, failed);
  r.sink = loud;
  return abilities.emplace(values, std::move(ability)).first->second;
}

void resolve_definitions(Resolution& r) {
  enum class Mark : std::uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> marks(r.lets.size() + r.targets.size(), Mark::kNew);
  const auto mark = [&](Node node) -> Mark& {
    return marks[node.is_target ? r.lets.size() + node.index : node.index];
  };
  Dependencies dependencies(r);
  std::vector<Step> path;
  const auto enter = [&](Node node) {
    mark(node) = Mark::kOpen;
    path.push_back({node, dependencies.of(node)});
  };
  const auto walk_from = [&](Node start) {
    if (mark(start) != Mark::kNew) return;
    enter(start);
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == step.uses.size()) {
        const Node node = step.node;
        mark(node) = Mark::kDone;
        path.pop_back();
        finish(r, node);
        continue;
      }
      const Node read = step.uses[step.next++].read;
      if (mark(read) == Mark::kNew) {
        enter(read);
      } else if (mark(read) == Mark::kOpen) {
        const auto first = std::find_if(path.begin(), path.end(), [&](const Step& one) {
          return one.node.is_target == read.is_target && one.node.index == read.index;
        });
        report_cycle(r, path, static_cast<std::size_t>(first - path.begin()));
      }
    }
  };
  for (std::uint32_t i = 0; i < r.lets.size(); ++i) walk_from({false, i});
  for (std::uint32_t i = 0; i < r.targets.size(); ++i) walk_from({true, i});
  for (LetState& let : r.lets) {
    const ast::Name& name = let.source->name;
    r.model.lets.push_back({name.text, std::move(let.condition), name.span});
  }
  for (TargetId id = 0; id < r.targets.size(); ++id) {
    if (r.targets[id].broken) continue;
    const Ability& ability = ability_of(r, id, default_arguments(r.model, id));
    r.model.targets[id].requirements = ability.requirements;
    r.model.targets[id].able = ability.able;
  }
}

}  // namespace switchyard::sema
