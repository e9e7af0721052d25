#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "runtime/checkpoint/json.h"
#include "runtime/checkpoint/safetensors.h"

namespace switchyard::checkpoint {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::size_t kMaximalRank = 16;

constexpr std::string_view kRemedy = "the file is damaged or cut short: copy it again";

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  }
  return value;
}

// The bytes of a tensor of `shape`, or nothing if they overflow or are not whole.
std::optional<std::uint64_t> bytes_of(Dtype dtype, std::span<const std::int64_t> shape) {
  // A dimension of 0 makes the tensor empty whatever the others are, so it is looked for first.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::uint64_t bits = static_cast<std::uint64_t>(bits_of(dtype));
  for (const std::int64_t extent : shape) {
    if (__builtin_mul_overflow(bits, static_cast<std::uint64_t>(extent), &bits)) {
      return std::nullopt;
    }
  }
  if (bits % 8 != 0) return std::nullopt;
  return bits / 8;
}

Expected<std::vector<std::int64_t>> read_shape(const Json& json) {
  const Expected<std::vector<Json>> elements = json.elements();
  if (!elements) return tl::unexpected(elements.error());
  if (elements->size() > kMaximalRank) {
    return json.error(fmt::format("{} dimensions; at most {} are read", elements->size(),
                                  kMaximalRank));
  }
  std::vector<std::int64_t> shape;
  for (const Json& element : *elements) {
    const Expected<std::int64_t> extent = element.integer();
    if (!extent) return tl::unexpected(extent.error());
    if (*extent < 0) return element.error(fmt::format("{} is negative; {}", *extent, kRemedy));
    shape.push_back(*extent);
  }
  return shape;
}

Expected<void> read_offsets(const Json& json, std::uint64_t data_bytes, TensorEntry& entry) {
  const Expected<std::vector<Json>> elements = json.elements();
  if (!elements) return tl::unexpected(elements.error());
  if (elements->size() != 2) {
    return json.error(fmt::format("{} numbers instead of 2, begin and end", elements->size()));
  }
  std::uint64_t values[2] = {};
  for (std::size_t i = 0; i < 2; ++i) {
    const Expected<std::int64_t> value = (*elements)[i].integer();
    if (!value) return tl::unexpected(value.error());
    if (*value < 0) return (*elements)[i].error(fmt::format("{} is negative", *value));
    values[i] = static_cast<std::uint64_t>(*value);
  }
  if (values[0] > values[1]) {
    return json.error(fmt::format("begins at {}, after its end {}; {}", values[0], values[1],
                                  kRemedy));
  }
  if (values[1] > data_bytes) {
    return json.error(fmt::format("ends at byte {}, but the file holds {} bytes of tensors; {}",
                                  values[1], data_bytes, kRemedy));
  }
  entry.begin = values[0];
  entry.end = values[1];
  return {};
}

Expected<TensorEntry> read_tensor(std::string name, const Json& json, std::uint64_t data_bytes) {
  TensorEntry entry;
  entry.name = std::move(name);
  const auto members = json.members();
  if (!members) return tl::unexpected(members.error());
  for (const auto& [key, value] : *members) {
    if (key != "dtype" && key != "shape" && key != "data_offsets") {
      return value.error("unknown field: a tensor has dtype, shape and data_offsets");
    }
  }
  const Expected<Json> dtype = json.at("dtype", "the type of a tensor's elements");
  if (!dtype) return tl::unexpected(dtype.error());
  const Expected<std::string> dtype_name = dtype->string();
  if (!dtype_name) return tl::unexpected(dtype_name.error());
  const std::optional<Dtype> known = dtype_from_name(*dtype_name);
  if (!known) {
    return dtype->error(
        fmt::format("unknown dtype {}; known are U8, BF16, F32 and the other types of the format",
                    dtype->text()));
  }
  entry.dtype = *known;
  const Expected<Json> shape = json.at("shape", "the extents of a tensor");
  if (!shape) return tl::unexpected(shape.error());
  Expected<std::vector<std::int64_t>> extents = read_shape(*shape);
  if (!extents) return tl::unexpected(extents.error());
  entry.shape = std::move(*extents);
  const Expected<Json> offsets = json.at("data_offsets", "where a tensor's bytes lie");
  if (!offsets) return tl::unexpected(offsets.error());
  if (Expected<void> read = read_offsets(*offsets, data_bytes, entry); !read) {
    return tl::unexpected(read.error());
  }
  const std::optional<std::uint64_t> expected = bytes_of(entry.dtype, entry.shape);
  if (!expected) {
    return shape->error(fmt::format("{} elements of {} are no number of bytes below 2^61; {}",
                                    to_text(entry.shape), *dtype_name, kRemedy));
  }
  if (*expected != entry.end - entry.begin) {
    return json.error(fmt::format("{} elements of {} take {} bytes, but data_offsets span {}; {}",
                                  to_text(entry.shape), *dtype_name, *expected,
                                  entry.end - entry.begin, kRemedy));
  }
  return entry;
}

Expected<void> check_metadata(const Json& json) {
  const auto members = json.members();
  if (!members) return tl::unexpected(members.error());
  for (const auto& [key, value] : *members) {
    if (!value.is_string()) return value.error("metadata is text, but this is not a string");
  }
  return {};
}

// The tensors cover the data exactly: no overlap, no hole, nothing behind the last one.
Expected<void> check_cover(const std::vector<TensorEntry>& tensors, std::uint64_t data_bytes,
                           std::string_view where) {
  std::vector<const TensorEntry*> ordered;
  ordered.reserve(tensors.size());
  for (const TensorEntry& tensor : tensors) ordered.push_back(&tensor);
  std::sort(ordered.begin(), ordered.end(), [](const TensorEntry* a, const TensorEntry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  std::uint64_t position = 0;
  const TensorEntry* previous = nullptr;
  for (const TensorEntry* tensor : ordered) {
    if (tensor->begin < position) {
      return fail(fmt::format("{}: tensors `{}` and `{}` overlap at byte {}; {}", where,
                              previous == nullptr ? "" : previous->name, tensor->name,
                              tensor->begin, kRemedy));
    }
    if (tensor->begin > position) {
      return fail(fmt::format("{}: bytes {} to {} before tensor `{}` belong to no tensor; {}",
                              where, position, tensor->begin, tensor->name, kRemedy));
    }
    position = tensor->end;
    previous = tensor;
  }
  if (position != data_bytes) {
    return fail(fmt::format("{}: the last {} bytes belong to no tensor; {}", where,
                            data_bytes - position, kRemedy));
  }
  return {};
}

}  // namespace

Expected<SafetensorsHeader> parse_safetensors(std::span<const std::byte> file,
                                              std::string_view where) {
  if (file.size() < kLengthBytes) {
    return fail(fmt::format(
        "{}: {} bytes, but a safetensors file starts with 8 bytes of header length; {}", where,
        file.size(), kRemedy));
  }
  const std::uint64_t length = little_endian(file);
  if (length > kMaximalHeaderBytes) {
    return fail(fmt::format(
        "{}: a header of {} bytes is past the limit of {}; this is not a safetensors file", where,
        length, kMaximalHeaderBytes));
  }
  if (length > file.size() - kLengthBytes) {
    return fail(fmt::format("{}: the header has {} bytes, but only {} follow; {}", where, length,
                            file.size() - kLengthBytes, kRemedy));
  }
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + kLengthBytes,
                              static_cast<std::size_t>(length));
  if (text.empty() || text.front() != '{') {
    return fail(fmt::format("{}: the header does not start with `{{`; this is not a safetensors "
                            "file",
                            where));
  }
  const Expected<JsonDocument> document =
      JsonDocument::parse(text, fmt::format("{}: header", where));
  if (!document) return tl::unexpected(document.error());
  const auto members = document->root().members();
  if (!members) return tl::unexpected(members.error());
  SafetensorsHeader header;
  header.data_offset = kLengthBytes + length;
  const std::uint64_t data_bytes = file.size() - header.data_offset;
  for (const auto& [name, value] : *members) {
    if (name == "__metadata__") {
      if (Expected<void> checked = check_metadata(value); !checked) {
        return tl::unexpected(checked.error());
      }
      continue;
    }
    Expected<TensorEntry> entry = read_tensor(name, value, data_bytes);
    if (!entry) return tl::unexpected(entry.error());
    header.tensors.push_back(std::move(*entry));
  }
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const TensorEntry& a, const TensorEntry& b) { return a.name < b.name; });
  if (Expected<void> checked = check_cover(header.tensors, data_bytes, where); !checked) {
    return tl::unexpected(checked.error());
  }
  return header;
}

}  // namespace switchyard::checkpoint
