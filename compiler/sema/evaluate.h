#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/parse/ast.h"
#include "compiler/sema/model.h"

// The oracle: slow and obvious, written straight from the language reference over the AST, sharing
// nothing with the lowering to formulas that it judges. Every other engine is compared with it.
namespace switchyard {

// The outcome of one block, or of the policy.
struct Evaluation {
  enum class Kind : std::uint8_t { kTarget, kRefused, kExcluded, kUndecided } kind;
  // kTarget: name and parameter values in the target's declaration order (symbols as indices).
  std::string target;
  std::vector<std::int64_t> parameters;
  const ast::Item* rule = nullptr;    // the deciding rule; null when excluded or undecided
  std::uint32_t entry = Row::kNoEntry;  // index of the entry taken; kNoEntry for a refusal
  std::size_t assumption = 0;         // kExcluded: index of the first violated `assume`
};

class Evaluator {
 public:
  // `policy` must have resolved without errors to `model`, which only supplies the facts' order and
  // codes; both must outlive the evaluator.
  Evaluator(const ast::Policy& policy, const Model& model);

  // `codes`: one for each declared fact (Model::declared_facts), inside its domain. One evaluation
  // for each block in order, the policy's own last; after a refused, excluded or undecided block
  // the rest repeat it. Thread-safe. Recursion as deep as the longest chain of lets and sets, so
  // this is for policies of a test's size.
  std::vector<Evaluation> evaluate(std::span<const std::int64_t> codes) const;

 private:
  friend class Evaluating;
  struct Rules {
    std::string decision;  // empty: the policy's own
    std::vector<const ast::Item*> rules;
  };

  const Model& model_;
  std::map<std::string, std::size_t> facts_;  // name -> index into Model::facts, declared ones
  std::map<std::string, const ast::Let*> lets_;
  std::map<std::string, const ast::SetDeclaration*> sets_;
  std::map<std::string, const ast::Target*> targets_;
  std::map<std::string, std::vector<const ast::Requires*>> requires_;
  std::vector<const ast::Assume*> assumptions_;
  std::vector<Rules> blocks_;
};

}  // namespace switchyard
