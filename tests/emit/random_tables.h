#pragma once

#include <optional>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/emit/emit.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "runtime/table/table.h"

namespace switchyard::testing {

// A random model (tests/region/random_model.h) with the stages up to `emit` run on it.
struct Compiled {
  SourceMap sources;
  Model model;
  Partition partition;
  std::optional<PolicyDiagram> diagrams;

  std::vector<std::byte> table(DeciderChoice decider) const;
};

Compiled compile(Model model);

inline constexpr DeciderChoice kDeciders[] = {DeciderChoice::kAuto, DeciderChoice::kDense,
                                              DeciderChoice::kWalk, DeciderChoice::kBits,
                                              DeciderChoice::kProgram};

// Codes of the declared facts in the struct that `decide` reads.
class Struct {
 public:
  explicit Struct(const Table& table) : table_(table), words_((table.facts_size() + 7) / 8 + 1) {}
  void set(std::size_t fact, std::int64_t code);
  const void* data() const { return words_.data(); }

 private:
  const Table& table_;
  std::vector<std::int64_t> words_;
};

}  // namespace switchyard::testing
