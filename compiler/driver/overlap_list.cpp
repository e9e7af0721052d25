#include "compiler/driver/overlap_list.h"

#include <fmt/format.h>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/counted.h"
#include "compiler/diagnostic/plain_text.h"
#include "compiler/diagnostic/snippet.h"
#include "compiler/region/box_values.h"

namespace switchyard::driver {
namespace {

OverlapList::Rule rule_of(const Span& span, const SourceMap& sources) {
  const SourceFile& file = sources.file(span.file);
  std::string_view line = file.line(file.position(span.begin).line);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return {sources.location(span), printable(line)};
}

nlohmann::ordered_json json_of(const OverlapList::Rule& rule) {
  return {{"rule", rule.place}, {"text", rule.text}};
}

}  // namespace

OverlapList list_of(const Overlaps& found, const Model& model, const Partition& partition,
                    const SourceMap& sources) {
  OverlapList list;
  list.complete = found.complete;
  for (const Overlap& one : found.pairs) {
    list.pairs.push_back({rule_of(model.rules[one.first].span, sources),
                          rule_of(model.rules[one.second].span, sources),
                          values_of(model, partition, one.box), one.size, one.exact});
  }
  return list;
}

std::string overlaps_human(const std::string& file, const OverlapList& list) {
  std::string out = fmt::format("{}: order decides between {}{} of rules\n", printable(file),
                                list.complete ? "" : "at least ", counted(list.pairs.size(), "pair"));
  for (const OverlapList::Pair& pair : list.pairs) {
    out += fmt::format("  {}: {}\n  before {}: {}\n      {}{}, "
                       "among them where {}\n",
                       printable(pair.first.place), pair.first.text, printable(pair.second.place),
                       pair.second.text, pair.exact ? "" : "at least ", counted(spell(pair.size), "combination"),
                       printable(plain_text(pair.box)));
  }
  if (!list.complete) out += "  the search ended at its limit: there may be more\n";
  return out;
}

nlohmann::ordered_json overlaps_json(const OverlapList& list) {
  nlohmann::ordered_json pairs = nlohmann::ordered_json::array();
  for (const OverlapList::Pair& pair : list.pairs) {
    pairs.push_back({{"first", json_of(pair.first)},
                     {"second", json_of(pair.second)},
                     {"box", box_json(pair.box)},
                     {"count", count_json(pair.size.str())},
                     {"exact", pair.exact}});
  }
  return {{"complete", list.complete}, {"pairs", std::move(pairs)}};
}

}  // namespace switchyard::driver
