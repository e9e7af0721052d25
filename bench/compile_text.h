#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/emit/emit.h"
#include "runtime/table/table.h"

namespace switchyard::bench {

// Of this process.
double processor_seconds();

// Processor seconds of each stage, in the order of the pipeline.
struct StageTimes {
  double parse = 0, resolve = 0, partition = 0, build = 0, verify = 0, emit = 0, prove = 0;
  double total() const { return parse + resolve + partition + build + verify + emit + prove; }
};

// Every stage on a policy text, as the driver runs them; a random policy's dead rules are no
// obstacle. Aborts when the text is no policy.
std::vector<std::byte> compile_text(const std::string& text, DeciderChoice decider,
                                    StageTimes* times = nullptr);
Table open_text(const std::string& text, DeciderChoice decider = DeciderChoice::kAuto);

}  // namespace switchyard::bench
