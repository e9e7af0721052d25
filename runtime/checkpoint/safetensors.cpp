#include "runtime/checkpoint/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace switchyard::checkpoint {

std::string to_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "" : ", ", shape[i]);
  }
  return text + "]";
}

Expected<SafetensorsFile> SafetensorsFile::open(const std::string& path) {
  Expected<MappedFile> file = MappedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  Expected<SafetensorsHeader> header = parse_safetensors(file->bytes(), path);
  if (!header) return tl::unexpected(header.error());
  return SafetensorsFile(path, std::move(*file), std::move(*header));
}

const TensorEntry* SafetensorsFile::find(std::string_view name) const {
  const auto& tensors = header_.tensors;
  const auto found = std::lower_bound(
      tensors.begin(), tensors.end(), name,
      [](const TensorEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != tensors.end() && found->name == name ? &*found : nullptr;
}

TensorView SafetensorsFile::view(const TensorEntry& entry) const {
  return {entry.dtype, entry.shape,
          file_.bytes().subspan(header_.data_offset + entry.begin, entry.end - entry.begin)};
}

}  // namespace switchyard::checkpoint
