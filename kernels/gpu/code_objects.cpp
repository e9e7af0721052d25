#include "kernels/gpu/code_objects.h"

#include <set>

namespace switchyard::kernels::gpu {

std::vector<CodeObject> code_objects_for(std::string_view architecture) {
  std::vector<CodeObject> result;
  for (const CodeObject& own : code_objects()) {
    if (own.architecture == architecture) result.push_back(own);
  }
  return result;
}

std::string built_architectures() {
  std::set<std::string_view> all;
  for (const CodeObject& own : code_objects()) all.insert(own.architecture);
  std::string text;
  for (const std::string_view own : all) text += (text.empty() ? "" : ", ") + std::string(own);
  return text.empty() ? "none" : text;
}

}  // namespace switchyard::kernels::gpu
