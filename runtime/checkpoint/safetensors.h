#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/checkpoint/dtype.h"
#include "runtime/checkpoint/mapped_file.h"

// The safetensors format (github.com/huggingface/safetensors, "Format"): 8 bytes little-endian
// header length, a JSON object of that length, then the tensors' bytes.
//
//   { "NAME": { "dtype": "U8", "shape": [2, 16], "data_offsets": [BEGIN, END] }, …,
//     "__metadata__": { "format": "pt" } }
//
// Files come from strangers: every length, offset, shape and type is checked before a byte of a
// tensor is looked at.
namespace switchyard::checkpoint {

// The reference implementation's limit.
inline constexpr std::uint64_t kMaximalHeaderBytes = 100'000'000;

// A tensor's place in its file.
struct TensorEntry {
  std::string name;
  Dtype dtype = Dtype::u8;
  std::vector<std::int64_t> shape;  // row-major, each >= 0; empty for a scalar
  std::uint64_t begin = 0;          // from the first byte after the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::uint64_t data_offset = 0;     // where the tensors' bytes start in the file
  std::vector<TensorEntry> tensors;  // ordered by name
};

// Reads and checks the header of a whole file's bytes: length, JSON, unknown or missing fields,
// dtypes, names given twice, shapes whose product overflows, shape times dtype against the offsets,
// overlaps, holes, bytes past the end. `where` names the file in messages.
Expected<SafetensorsHeader> parse_safetensors(std::span<const std::byte> file,
                                              std::string_view where);

// A view of one tensor's bytes; whoever gives it says how long they live. The bytes need not be
// aligned to the element type.
struct TensorView {
  Dtype dtype = Dtype::u8;
  std::span<const std::int64_t> shape;
  std::span<const std::byte> bytes;
};

// "[2, 16]"
std::string to_text(std::span<const std::int64_t> shape);

// An open file. Views live as long as it does. Reading is safe from several threads.
class SafetensorsFile {
 public:
  static Expected<SafetensorsFile> open(const std::string& path);

  const std::string& path() const { return path_; }

  // Ordered by name.
  const std::vector<TensorEntry>& tensors() const { return header_.tensors; }

  // Null if there is none.
  const TensorEntry* find(std::string_view name) const;

  TensorView view(const TensorEntry& entry) const;

 private:
  SafetensorsFile(std::string path, MappedFile file, SafetensorsHeader header)
      : path_(std::move(path)), file_(std::move(file)), header_(std::move(header)) {}

  std::string path_;
  MappedFile file_;
  SafetensorsHeader header_;
};

}  // namespace switchyard::checkpoint
