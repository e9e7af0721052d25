#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// Loops that do nothing but what limits a kernel: one instruction's products, or reads of memory.
namespace switchyard::bench {

// What an instruction multiplies. Its sums are 32 bits wide.
enum class Operands { f32, bf16, int8 };

constexpr const char* name_of(Operands operands) {
  return operands == Operands::f32 ? "f32" : operands == Operands::bf16 ? "bf16" : "int8";
}

// Products and sums in registers, enough of them in flight to cover their latency.
struct ProductLoop {
  const char* name;  // "vdpbf16ps, 512 bits"
  Operands operands;
  double operations;  // of one step of `run`: two a product
  void (*run)(std::uint64_t steps);
};

// Every byte of `bytes`, a multiple of 1024, from an address aligned to 64 bytes, read once.
struct ReadLoop {
  const char* name;  // "512 bits"
  void (*run)(const void* from, std::size_t bytes);
};

// Those that this processor and system can run, in a fixed order: at least one of each kind. The
// first call asks Linux for the tiles of AMX.
std::span<const ProductLoop> product_loops();
std::span<const ReadLoop> read_loops();

}  // namespace switchyard::bench
