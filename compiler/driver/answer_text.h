#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

// Renders decisions as the JSON objects that `eval --jsonl` writes:
//   {"target": …, "parameters": {…}, "attributes": {…}, "rule": "file:line", "reason": …}
//   {"refused": reason, "rule": "file:line"}    {"excluded": the assumption, "rule": "file:line"}
//   {"error": message}
// Texts that depend on the deciding row alone are rendered once. The table must outlive it.
class AnswerText {
 public:
  explicit AnswerText(const Table& table);

  // Appends the object and a newline. `facts` as for decide().
  void append(const Decision& decision, const void* facts, std::string& out);
  static void append_error(std::string_view message, std::string& out);

 private:
  std::string render(const Decision& decision, const void* facts) const;

  const Table& table_;
  std::vector<std::string> by_leaf_;  // empty: not rendered yet
};

}  // namespace switchyard::driver
