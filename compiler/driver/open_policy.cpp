#include "compiler/driver/open_policy.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/driver/command.h"
#include "compiler/driver/pipeline.h"
#include "runtime/base/check.h"
#include "runtime/format/file_layout.h"

namespace switchyard::driver {
namespace {

bool looks_like_table(const std::string& path) {
  // Reading the head of a pipe would take it from whoever reads the policy.
  std::error_code unusable;
  if (!std::filesystem::is_regular_file(path, unusable)) return false;
  std::ifstream in(path, std::ios::binary);
  std::array<char, sizeof format::kMagic> head = {};
  in.read(head.data(), head.size());
  return std::equal(head.begin(), head.end(), std::begin(format::kMagic));
}

}  // namespace

Opened open_policy(const std::string& path, const ReportOptions& options) {
  if (path != "-" && looks_like_table(path)) {
    Expected<Table> table = Table::open(path);
    if (table) return {std::move(*table), kOk};
    report_error(table.error(), options);
    return {std::nullopt, kBadInput};
  }
  Compilation done;
  if (const auto result = compile(path, Stage::kTable, {}, done); !result) {
    report_error(result.error(), options);
    return {std::nullopt, kBadInput};
  }
  if (!done.sink.diagnostics().empty()) report(done.sink, done.sources, options);
  if (done.sink.has_errors()) return {std::nullopt, kBadInput};
  Expected<Table> table = Table::from_bytes(done.table, path);
  SWITCHYARD_CHECK(table.has_value());  // it was just proved
  return {std::move(*table), kOk};
}

}  // namespace switchyard::driver
