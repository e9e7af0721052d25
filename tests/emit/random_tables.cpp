#include "tests/emit/random_tables.h"

#include <catch2/catch.hpp>
#include <cstring>

namespace switchyard::testing {

std::vector<std::byte> Compiled::table(DeciderChoice decider) const {
  EmitOptions options;
  options.decider = decider;
  auto bytes = emit(model, partition, diagrams, sources, options);
  REQUIRE(bytes.has_value());
  return std::move(*bytes);
}

Compiled compile(Model model) {
  Compiled out;
  out.sources.add("policies/random.policy", std::string(100'000, 'x'));  // spans are one byte each
  DiagnosticSink sink;
  auto classes = partition(model, sink);
  REQUIRE(classes.has_value());
  out.partition = std::move(*classes);
  out.model = std::move(model);
  out.diagrams = build(out.model, out.partition, DiagramBudget{});
  return out;
}

void Struct::set(std::size_t fact, std::int64_t code) {
  const FactInfo& info = table_.facts()[fact];
  auto* at = reinterpret_cast<unsigned char*>(words_.data()) + info.offset;
  const auto narrow = static_cast<std::int32_t>(code);
  if (info.width == 8) {
    std::memcpy(at, &code, sizeof code);
  } else {
    std::memcpy(at, &narrow, sizeof narrow);
  }
}

}  // namespace switchyard::testing
