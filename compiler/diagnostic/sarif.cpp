#include "compiler/diagnostic/sarif.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/message_pattern.h"
#include "compiler/diagnostic/plain_text.h"
#include "compiler/diagnostic/snippet.h"

namespace switchyard {
namespace {

using Json = nlohmann::ordered_json;

std::string doubled_braces(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '{' || c == '}') out += c;
  }
  return out;
}

Json region_of(const SourceFile& source, Span span) {
  const SourceFile::Position begin = source.position(span.begin);
  const SourceFile::Position end = source.position(span.end);
  return {{"startLine", begin.line},
          {"startColumn", begin.column},
          {"endLine", end.line},
          {"endColumn", end.column}};
}

std::string_view level_of(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

Json fix_of(const Fix& fix, const SourceMap& sources) {
  std::map<FileId, Json> replacements;
  for (const Fix::Edit& edit : fix.edits) {
    Json replacement = {{"deletedRegion", region_of(sources.file(edit.span.file), edit.span)}};
    if (!edit.replacement.empty()) replacement["insertedContent"]["text"] = edit.replacement;
    replacements.try_emplace(edit.span.file, Json::array())
        .first->second.push_back(std::move(replacement));
  }
  Json changes = Json::array();
  for (auto& [file, own] : replacements) {
    Json change;
    change["artifactLocation"]["uri"] = sarif_uri(sources.file(file).path());
    change["replacements"] = std::move(own);
    changes.push_back(std::move(change));
  }
  return {{"description", sarif_message(fix.text)}, {"artifactChanges", std::move(changes)}};
}

Json properties_of(const Diagnostic& found) {
  Json properties = Json::object();
  for (const Binding& binding : found.witness) properties["witness"][binding.fact] = binding.value;
  if (found.region) {
    properties["count"] = count_json(found.region->count);
    properties["exact"] = found.region->exact;
    properties["complete"] = found.region->complete;
    properties["boxes"] = Json::array();
    for (const auto& part : found.region->parts) properties["boxes"].push_back(box_json(part.box));
  }
  return properties;
}

}  // namespace

std::string sarif_uri(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  const std::string normal = std::filesystem::path(path).lexically_normal().generic_string();
  std::string uri = normal.starts_with('/') ? "file://" : "";
  for (const char c : normal) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return uri;
}

Json sarif_message(std::string_view text) { return {{"text", doubled_braces(text)}}; }

Json sarif_location(std::string_view path, std::uint32_t line) {
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = sarif_uri(path);
  location["physicalLocation"]["region"]["startLine"] = line;
  return location;
}

Json sarif_location(const SourceMap& sources, Span span) {
  const Span at = shown_span(sources, span);
  const SourceFile& source = sources.file(at.file);
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = sarif_uri(source.path());
  location["physicalLocation"]["region"] = region_of(source, at);
  return location;
}

Json sarif_result(const Diagnostic& found, const SourceMap& sources) {
  Json result = {{"ruleId", found.info->code},
                 {"level", level_of(found.info->severity)},
                 {"message", sarif_message(plain_text(found, sources))},
                 {"locations", Json::array({sarif_location(sources, found.span)})}};
  Json related = Json::array();
  for (const Note& note : found.notes) {
    if (!note.span) continue;
    Json location = {{"id", related.size()}};
    location.update(sarif_location(sources, *note.span));
    location["message"] = sarif_message(printable(note.text));
    related.push_back(std::move(location));
  }
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  Json fixes = Json::array();
  for (const Fix& fix : found.fixes) {
    if (!fix.edits.empty()) fixes.push_back(fix_of(fix, sources));
  }
  if (!fixes.empty()) result["fixes"] = std::move(fixes);
  Json properties = properties_of(found);
  if (!properties.empty()) result["properties"] = std::move(properties);
  return result;
}

Json sarif_rule(const DiagnosticInfo& info) {
  Json rule = {{"id", info.code}, {"name", info.name}};
  rule["shortDescription"]["text"] = message_pattern(info);
  rule["defaultConfiguration"]["level"] = level_of(info.severity);
  return rule;
}

std::string sarif_log(SarifRun run) {
  Json own;
  Json& driver = own["tool"]["driver"];
  driver["name"] = run.tool;
  driver["version"] = run.version;
  driver["rules"] = std::move(run.rules);
  Json invocation = {{"executionSuccessful", run.failures.empty()}};
  if (!run.failures.empty()) invocation["toolExecutionNotifications"] = std::move(run.failures);
  own["invocations"] = Json::array({std::move(invocation)});
  own["columnKind"] = "unicodeCodePoints";
  own["results"] = std::move(run.results);
  Json log;
  log["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  log["version"] = "2.1.0";
  log["runs"] = Json::array({std::move(own)});
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace switchyard
