#include "runtime/checkpoint/safetensors_writer.h"

#include <nlohmann/json.hpp>

#include "runtime/checkpoint/text_file.h"

namespace switchyard::checkpoint {

std::uint64_t TensorSource::bytes() const {
  std::uint64_t bits = static_cast<std::uint64_t>(bits_of(dtype));
  for (const std::int64_t extent : shape) bits *= static_cast<std::uint64_t>(extent);
  return bits / 8;
}

Expected<void> write_safetensors(const std::string& path,
                                 const std::vector<TensorSource>& tensors) {
  nlohmann::ordered_json header;
  header["__metadata__"] = {{"format", "pt"}};
  std::uint64_t position = 0;
  for (const TensorSource& tensor : tensors) {
    const std::uint64_t end = position + tensor.bytes();
    header[tensor.name] = {{"dtype", name_of(tensor.dtype)},
                           {"shape", tensor.shape},
                           {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  while (text.size() % 8 != 0) text += ' ';
  std::string length;
  for (int i = 0; i < 8; ++i) length += static_cast<char>((text.size() >> (8 * i)) & 0xFF);

  return replace_file(path, [&](const Append& append) -> Expected<void> {
    if (Expected<void> done = append(length.data(), length.size()); !done) return done;
    if (Expected<void> done = append(text.data(), text.size()); !done) return done;
    std::vector<std::byte> bytes;
    for (const TensorSource& tensor : tensors) {
      bytes.assign(tensor.bytes(), std::byte{0});
      tensor.fill(bytes);
      if (Expected<void> done = append(bytes.data(), bytes.size()); !done) return done;
    }
    return {};
  });
}

}  // namespace switchyard::checkpoint
