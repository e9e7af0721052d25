#include "compiler/capabilities/capabilities.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/capabilities/foreign_lines.h"
#include "compiler/parse/parse.h"
#include "runtime/base/check.h"

namespace switchyard {
namespace {

constexpr FileAdvice kAdvice = {"name a file of `requires` lines, as `moe capabilities` prints them",
                                "leave out the lines of targets that the policy does not have"};

using Names = std::set<std::string, std::less<>>;

// The target that a `requires` line is about; null for other items.
const std::string* required_target(const ast::Item& item) {
  const auto* line = std::get_if<ast::Requires>(&item.node);
  return line == nullptr ? nullptr : &line->target.text;
}

void collect_targets(const std::vector<ast::Item>& items, Names& names) {
  for (const ast::Item& item : items) {
    if (const auto* target = std::get_if<ast::Target>(&item.node)) names.insert(target->name.text);
    if (const auto* block = std::get_if<ast::Decision>(&item.node)) collect_targets(block->items, names);
  }
}

void drop_requires(std::vector<ast::Item>& items, const Names& named) {
  std::erase_if(items, [&](const ast::Item& item) {
    const std::string* target = required_target(item);
    return target != nullptr && named.contains(*target);
  });
  for (ast::Item& item : items) {
    if (auto* block = std::get_if<ast::Decision>(&item.node)) drop_requires(block->items, named);
  }
}

// Formulas of one model as formulas of another over the same facts.
class Translation {
 public:
  Translation(const Model& from, Model& to) {
    for (FormulaId id = 0; id < from.formulas.size(); ++id) image_.push_back(image(from, to, id));
  }
  FormulaId operator()(FormulaId id) const { return image_[id]; }

  std::vector<Requirement> operator()(std::vector<Requirement> lines) const {
    for (Requirement& line : lines) move(line.condition);
    return lines;
  }

 private:
  FormulaId image(const Model& from, Model& to, FormulaId id) const {
    const Formulas& formulas = from.formulas;
    std::vector<FormulaId> operands;
    switch (formulas.kind(id)) {
      case Formulas::Kind::kBottom: return kFalse;
      case Formulas::Kind::kTop: return kTrue;
      case Formulas::Kind::kAtom: {
        const Atom& atom = formulas.atom(formulas.atom_of(id));
        return to.formulas.atom(atom, to.facts[atom.fact].low, to.facts[atom.fact].high);
      }
      case Formulas::Kind::kNot: return to.formulas.negate(image_[formulas.operands(id)[0]]);
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr: break;
    }
    for (const FormulaId operand : formulas.operands(id)) operands.push_back(image_[operand]);
    return formulas.kind(id) == Formulas::Kind::kAnd ? to.formulas.all(std::move(operands))
                                                     : to.formulas.any(std::move(operands));
  }
  void move(Clause& clause) const {
    clause.formula = image_[clause.formula];
    for (Clause& part : clause.parts) move(part);
  }

  std::vector<FormulaId> image_;
};

void replace_requirements(const Model& judged, const Names& named, Model& model) {
  SWITCHYARD_CHECK(judged.rules.size() == model.rules.size());
  SWITCHYARD_CHECK(judged.targets.size() == model.targets.size());
  const Translation to_model(judged, model);
  for (TargetId target = 0; target < model.targets.size(); ++target) {
    if (!named.contains(model.targets[target].name)) continue;
    model.targets[target].requirements = to_model(judged.targets[target].requirements);
    model.targets[target].able = to_model(judged.targets[target].able);
  }
  for (RuleId rule = 0; rule < model.rules.size(); ++rule) {
    for (std::size_t i = 0; i < model.rules[rule].entries.size(); ++i) {
      Entry& entry = model.rules[rule].entries[i];
      if (!named.contains(model.targets[model.outcomes[entry.outcome].target].name)) continue;
      const Entry& own = judged.rules[rule].entries[i];
      entry.requirements = to_model(own.requirements);
      entry.able = to_model(own.able);
    }
  }
}

}  // namespace

Expected<Capabilities> apply_capabilities(const CapabilityFiles& files, FileId root, SourceMap& sources,
                                          Model& model, DiagnosticSink& sink) {
  Capabilities result;
  Names targets, named, unknown;
  DiagnosticSink unheard;  // what the policy itself has to say was said before
  ast::Policy policy = parse_policy(sources, root, unheard);
  for (const ast::File& file : policy.files) collect_targets(file.items, targets);
  std::vector<ast::File> lines;
  for (const std::string& path : files.paths) {
    const Expected<FileId> file =
        path == "-" ? sources.add("<stdin>", files.standard_input) : sources.load(path, kAdvice);
    if (!file) return fail(file.error().message);
    result.files.insert(*file);
    ast::File parsed = parse_file(sources, *file, sink);
    for (const ast::Item& item : parsed.items) {
      const std::string* target = required_target(item);
      if (target == nullptr) {
        return fail(fmt::format("{}: this is not a `requires` line; a file of capabilities holds "
                                "`TARGET requires CONDITION [because \"...\"]` alone",
                                sources.location(item.span)));
      }
      (targets.contains(*target) ? named : unknown).insert(*target);
    }
    std::erase_if(parsed.items,
                  [&](const ast::Item& item) { return !named.contains(*required_target(item)); });
    lines.push_back(std::move(parsed));
  }
  result.unknown_targets.assign(unknown.begin(), unknown.end());
  if (sink.has_errors()) return result;
  for (ast::File& file : policy.files) drop_requires(file.items, named);
  // The file that the user named stays the last.
  policy.files.insert(policy.files.begin(), std::make_move_iterator(lines.begin()),
                      std::make_move_iterator(lines.end()));
  const std::optional<Model> judged =
      resolve_with_lines(policy, files.paths.size(), sources, sink);
  if (judged) replace_requirements(*judged, named, model);
  return result;
}

}  // namespace switchyard
