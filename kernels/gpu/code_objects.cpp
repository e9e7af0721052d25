#include "kernels/gpu/code_objects.h"

#include <set>

namespace switchyard::kernels::gpu {

bool defines(const CodeObject& object, std::string_view kernel) {
  const std::string_view text(reinterpret_cast<const char*>(object.bytes.data()),
                              object.bytes.size());
  const auto part_of_name = [&](std::size_t at) {
    const char c = at < text.size() ? text[at] : '\0';
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  for (std::size_t at = text.find(kernel); at != std::string_view::npos;
       at = text.find(kernel, at + 1)) {
    if ((at == 0 || !part_of_name(at - 1)) && !part_of_name(at + kernel.size())) return true;
  }
  return false;
}

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
