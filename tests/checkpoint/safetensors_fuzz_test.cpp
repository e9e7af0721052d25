#include <catch2/catch.hpp>
#include <cstdio>
#include <random>
#include <string>

#include "runtime/checkpoint/safetensors.h"
#include "runtime/checkpoint/safetensors_writer.h"
#include "tests/checkpoint/scratch_folder.h"

// Files that somebody damaged: bytes changed, cut, repeated, numbers of the header replaced by
// awkward ones. Reading must never crash (the sanitizers watch), and what it accepts must be
// consistent: every byte of every tensor inside the file, sizes that agree.
namespace switchyard::checkpoint {
namespace {

void check_accepted(const SafetensorsHeader& header, std::size_t file_bytes) {
  std::uint64_t covered = 0;
  for (const TensorEntry& tensor : header.tensors) {
    std::uint64_t bits = static_cast<std::uint64_t>(bits_of(tensor.dtype));
    for (const std::int64_t extent : tensor.shape) bits *= static_cast<std::uint64_t>(extent);
    REQUIRE(tensor.begin <= tensor.end);
    REQUIRE(bits == (tensor.end - tensor.begin) * 8);
    REQUIRE(header.data_offset + tensor.end <= file_bytes);
    covered += tensor.end - tensor.begin;
  }
  REQUIRE(header.data_offset + covered == file_bytes);
}

std::string valid_file() {
  const ScratchFolder folder;
  const auto fill = [](std::span<std::byte> bytes) {
    for (std::byte& byte : bytes) byte = std::byte{0x5A};
  };
  REQUIRE(write_safetensors(folder.file("f"),
                            {{"model.layers.0.mlp.experts.0.w.weight", Dtype::u8, {4, 16}, fill},
                             {"model.layers.0.mlp.experts.0.w.scale", Dtype::u8, {4, 1}, fill},
                             {"router", Dtype::bf16, {4, 32}, fill},
                             {"scalar", Dtype::f32, {}, fill}}));
  return folder.read("f");
}

constexpr const char* kAwkward[] = {
    "0", "-1", "9223372036854775807", "18446744073709551616", "1e400", "4294967296", "null",
    "[]", "{}", "\"\"", "true", "2305843009213693952", "[[[[[[]]]]]]", "1.5", "\"F32\"", "\\u0000"};

std::string mutate(std::string bytes, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::size_t changes = 1 + below(4);
  for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
    const std::size_t at = below(bytes.size());
    switch (below(7)) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes.resize(at); break;
      case 2: bytes.insert(at, bytes.substr(at, below(40))); break;
      case 3: bytes.erase(at, below(20)); break;
      case 4: bytes[below(std::min<std::size_t>(8, bytes.size()))] = static_cast<char>(random());
              break;
      case 5: {
        // A number of the header becomes an awkward one.
        const std::size_t digit = bytes.find_first_of("0123456789", at);
        if (digit == std::string::npos) break;
        const std::size_t end = bytes.find_first_not_of("0123456789", digit);
        bytes.replace(digit, end - digit, kAwkward[below(std::size(kAwkward))]);
        break;
      }
      default: bytes.insert(at, kAwkward[below(std::size(kAwkward))]); break;
    }
  }
  return bytes;
}

// The length in the first 8 bytes made right again, so that mutations reach what lies behind it.
void repair_length(std::string& bytes) {
  const std::size_t end = bytes.rfind('}');
  if (bytes.size() < 8 || end == std::string::npos || end < 8) return;
  const std::size_t length = end + 1 - 8;
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>((length >> (8 * i)) & 0xFF);
}

TEST_CASE("mutated safetensors files never crash") {
  const auto seed = std::random_device()();
  std::printf("safetensors fuzz seed %u\n", seed);
  std::mt19937_64 random(seed);
  const std::string valid = valid_file();
  REQUIRE(parse_safetensors(as_bytes(valid), "f"));
  int accepted = 0;
  int rejected = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = mutate(valid, random);
    if (random() % 2 == 0) repair_length(bytes);
    const auto parsed = parse_safetensors(as_bytes(bytes), "f");
    if (parsed) {
      check_accepted(*parsed, bytes.size());
      ++accepted;
    } else {
      REQUIRE_FALSE(parsed.error().message.empty());
      ++rejected;
    }
  }
  // Changes within a tensor's bytes leave a valid file; most others do not.
  CHECK(accepted > 100);
  CHECK(rejected > 1000);
}

TEST_CASE("every truncation of a safetensors file is an error") {
  const std::string valid = valid_file();
  for (std::size_t size = 0; size < valid.size(); ++size) {
    REQUIRE_FALSE(parse_safetensors(as_bytes(std::string_view(valid).substr(0, size)), "f"));
  }
}

}  // namespace
}  // namespace switchyard::checkpoint
