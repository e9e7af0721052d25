#include "compiler/parse/ast.h"

namespace switchyard::ast {

Span span_of(const Value& value) {
  return std::visit([](const auto& literal) { return literal.span; }, value);
}

}  // namespace switchyard::ast
