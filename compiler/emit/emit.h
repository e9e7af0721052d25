#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "runtime/base/error.h"

namespace switchyard {

// How the table shall decide. kAuto takes the fastest that fits: dense, walk, bits, program.
enum class DeciderChoice : std::uint8_t { kAuto, kDense, kWalk, kBits, kProgram };

struct EmitOptions {
  DeciderChoice decider = DeciderChoice::kAuto;
  std::size_t dense_cells = 1u << 16;       // class product up to which kAuto takes the dense array
  std::size_t boxes = 1u << 16;             // bit vectors: boxes of one block
  std::size_t bit_bytes = 64u << 20;        // bit vectors: bytes of one block's rows
};

// Writes the table of a model that was verified. Deterministic. Fails past 65,536 facts or 1,023
// decisions, when a forced decider cannot hold the policy, or the program needs more than its 65,536 registers.
Expected<std::vector<std::byte>> emit(const Model& model, const Partition& partition,
                                      const std::optional<PolicyDiagram>& diagrams,
                                      const SourceMap& sources, const EmitOptions& options);

// Opens `bytes` as the runtime does and compares what they say, structure by structure, with the
// model: facts, all that is told about rules and targets, look-ups with the partition and that with
// the model's atoms, dense cells with the formulas for every class combination, nodes with the
// diagram, bit-vector rows with the boxes of the rules, programs with the formulas. `partition` is
// not trusted. An error is a bug of ours; it names the first difference.
Expected<void> prove(const std::vector<std::byte>& bytes, const Model& model,
                     const Partition& partition, const std::optional<PolicyDiagram>& diagrams,
                     const SourceMap& sources);

}  // namespace switchyard
