#include "tests/diff/compared.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"

namespace switchyard::testing {
namespace {

Model resolved(FileId root, SourceMap& sources, ast::Policy& policy) {
  DiagnosticSink sink;
  policy = parse_policy(sources, root, sink);
  REQUIRE_FALSE(sink.has_errors());
  std::optional<Model> model = resolve(policy, sources, sink);
  REQUIRE(model);
  return std::move(*model);
}

std::unique_ptr<const Compared> finished(std::unique_ptr<Compared> both, FileId old_file,
                                         FileId new_file) {
  both->old_model = resolved(old_file, both->sources, both->old_policy);
  both->new_model = resolved(new_file, both->sources, both->new_policy);
  auto pair = diff::align(both->old_model, both->new_model);
  REQUIRE(pair);
  both->pair = std::move(*pair);
  DiagnosticSink sink;
  auto classes = partition(both->pair.new_model, sink);
  REQUIRE(classes);
  both->partition = std::move(*classes);
  return both;
}

std::string described(const Model& model, const diff::End& end) {
  switch (end.kind) {
    case diff::End::Kind::kTarget:
      if (end.value) return *end.value;
      return model.targets[model.outcomes[model.rows[end.rows[0]].outcome].target].name;
    case diff::End::Kind::kRefused: return "refused";
    case diff::End::Kind::kExcluded: return "excluded";
    case diff::End::Kind::kUndecided: break;
  }
  return "undecided";
}

}  // namespace

bool resolves(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add("test.policy", text);
  const ast::Policy policy = parse_policy(sources, root, sink);
  return !sink.has_errors() && resolve(policy, sources, sink).has_value();
}

Model model_of(const std::string& text) {
  SourceMap sources;
  ast::Policy policy;
  const FileId file = sources.add("test.policy", text);
  return resolved(file, sources, policy);
}

std::unique_ptr<const Compared> compared(const std::string& old_text, const std::string& new_text) {
  auto both = std::make_unique<Compared>();
  const FileId old_file = both->sources.add("old.policy", old_text);
  const FileId new_file = both->sources.add("new.policy", new_text);
  return finished(std::move(both), old_file, new_file);
}

std::unique_ptr<const Compared> compared_files(const std::string& old_path,
                                               const std::string& new_path) {
  auto both = std::make_unique<Compared>();
  const Expected<FileId> old_file = both->sources.load(old_path);
  REQUIRE(old_file);
  const Expected<FileId> new_file = both->sources.load(new_path);
  REQUIRE(new_file);
  return finished(std::move(both), *old_file, *new_file);
}

std::string described(const Compared& both, const diff::Difference& difference) {
  std::string text;
  for (const diff::Change& change : difference.changes) {
    text += fmt::format("{}{} {} -> {}", change.exact ? "" : "~", spell(change.count),
                        described(both.pair.old_model, change.from),
                        described(both.pair.new_model, change.to));
    for (const Box& box : change.boxes) {
      text += fmt::format(" [{}]", spell(both.pair.new_model, both.partition, box));
    }
    text += change.complete ? "\n" : " …\n";
  }
  return text;
}

}  // namespace switchyard::testing
