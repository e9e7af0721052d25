#include "compiler/diff/endings.h"

#include <map>
#include <string>
#include <utility>

namespace switchyard::diff {

namespace {

// Text that is equal if and only if two things are; parts cannot run into each other.
class Key {
 public:
  Key& add(const std::string& text) {
    text_ += std::to_string(text.size());
    text_ += ':';
    text_ += text;
    return *this;
  }
  Key& add(std::int64_t number) { return add(std::to_string(number)); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::optional<std::string> attribute_of(const Target& target, const std::string& name) {
  for (const Attribute& attribute : target.attributes) {
    if (attribute.name == name) return attribute.value;
  }
  return std::nullopt;
}

// Target and parameters by name: the policies number them each by itself.
void add_outcome(const Model& model, OutcomeId id, Key& key) {
  const Outcome& outcome = model.outcomes[id];
  if (outcome.refused) {
    key.add("refused");
    return;
  }
  const Target& target = model.targets[outcome.target];
  std::map<std::string, std::string> parameters;
  for (std::size_t i = 0; i < target.parameters.size(); ++i) {
    const Parameter& parameter = target.parameters[i];
    const std::int64_t value = outcome.parameters[i];
    parameters[parameter.name] = parameter.is_integer
                                     ? std::to_string(value)
                                     : "=" + parameter.symbols[static_cast<std::size_t>(value)];
  }
  key.add("target").add(target.name);
  for (const auto& [name, value] : parameters) key.add(name).add(value);
}

// What the rule says, which is more than what the row decides. Formulas are the pair's, so equal
// conditions have equal ids in both policies.
void add_rule(const Model& model, const Row& row, Key& key) {
  const Rule& rule = model.rules[row.rule];
  key.add(static_cast<std::int64_t>(rule.kind)).add(rule.when.formula).add(rule.because);
  for (const Entry& entry : rule.entries) {
    add_outcome(model, entry.outcome, key);
    key.add(entry.able);
  }
  if (row.entry != Row::kNoEntry) key.add("entry").add(row.entry);
}

std::string value_of(const Model& model, const Row& row, const Options& options) {
  Key key;
  const Outcome& outcome = model.outcomes[row.outcome];
  if (options.compare == Options::Compare::kAttribute && !outcome.refused) {
    const auto value = attribute_of(model.targets[outcome.target], options.attribute);
    key.add(value ? "attribute" : "no attribute").add(value.value_or(""));
    return key.take();
  }
  add_outcome(model, row.outcome, key);
  if (options.compare == Options::Compare::kReasons) add_rule(model, row, key);
  return key.take();
}

// Numbers in order of first use.
template <typename Key>
std::uint32_t number(std::map<Key, std::uint32_t>& known, const Key& key) {
  return known.emplace(key, static_cast<std::uint32_t>(known.size())).first->second;
}

std::vector<Ending> endings_of(const Model& model, const LeafCodes& leaves, const Options& options,
                               std::map<std::string, std::uint32_t>& values) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> groups;
  std::vector<Ending> result;
  const auto add = [&](const std::string& value_key, std::uint32_t place) {
    const std::uint32_t value = number(values, value_key);
    if (options.compare == Options::Compare::kAttribute) place = 0;
    result.push_back({value, number(groups, std::pair(value, place))});
  };
  const auto rules = static_cast<std::uint32_t>(model.rules.size());
  for (RowId row = 0; row < leaves.rows; ++row) {
    add(value_of(model, model.rows[row], options), model.rows[row].rule);
  }
  for (std::uint32_t a = 0; a < leaves.assumptions; ++a) add("excluded", rules + a);
  add("undecided", rules + leaves.assumptions);
  return result;
}

}  // namespace

Endings endings_of(const Pair& pair, const Options& options) {
  Endings result;
  std::map<std::string, std::uint32_t> values;
  result.old_leaves = leaf_codes(pair.old_model);
  result.new_leaves = leaf_codes(pair.new_model);
  result.old_side = endings_of(pair.old_model, result.old_leaves, options, values);
  result.new_side = endings_of(pair.new_model, result.new_leaves, options, values);
  result.values = static_cast<std::uint32_t>(values.size());
  return result;
}

End end_of(const Model& model, const std::set<std::uint32_t>& leaves, const Options& options) {
  const LeafCodes codes = leaf_codes(model);
  End end;
  for (const std::uint32_t leaf : leaves) {
    if (codes.is_row(leaf)) {
      end.rows.push_back(leaf);
    } else if (codes.is_excluded(leaf)) {
      end.kind = End::Kind::kExcluded;
      end.assumptions.push_back(leaf - codes.rows);
    }
  }
  if (end.rows.empty()) return end;
  const Outcome& outcome = model.outcomes[model.rows[end.rows.front()].outcome];
  end.kind = outcome.refused ? End::Kind::kRefused : End::Kind::kTarget;
  if (!outcome.refused && options.compare == Options::Compare::kAttribute) {
    end.value = attribute_of(model.targets[outcome.target], options.attribute);
  }
  return end;
}

}  // namespace switchyard::diff
