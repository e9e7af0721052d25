#include "runtime/log/line_format.h"

#include <fmt/format.h>

#include <iterator>

#include "runtime/log/json_text.h"

namespace switchyard {

void LineFormat::append(std::string& out, const LogRecord& record, const void* facts,
                        std::uint64_t dropped) {
  LoggedTable& logged = *record.table;
  const Table& table = logged.table();
  if (record.time_ns != time_ns_) {
    time_ns_ = record.time_ns;
    time_ = rfc3339(time_ns_);
  }
  const auto number = [&](const char* name, auto value) {
    fmt::format_to(std::back_inserter(out), ", \"{}\": {}", name, value);
  };
  out += "{\"time\": \"";
  out += time_;
  out += "\", \"table\": \"";
  out += table.hash();
  out += '"';
  number("generation", logged.generation());
  if (record.layer != LogRecord::kNoLayer) number("layer", record.layer);
  out += ", \"facts\": ";
  append_json_facts(out, table, facts);
  if (record.decision.kind == Decision::Kind::kBadFact) {
    out += ", " + json_outcome(table, record.decision, facts);
  } else if (const std::string& outcome = logged.outcome_text(record.decision); !outcome.empty()) {
    out += ", ";
    out += outcome;
  }
  if (record.latency_ns != LogRecord::kNoLatency) number("latency_ns", record.latency_ns);
  if (dropped != 0) number("dropped", dropped);
  out += "}\n";
}

}  // namespace switchyard
