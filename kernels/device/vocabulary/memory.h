#pragma once

#include <cstdint>

#include "kernels/device/vocabulary/target.h"
#if defined(SWITCHYARD_HOST)
#include "kernels/device/host/wave.h"
#endif

// Where data live: 16-byte pieces of memory, and LDS (shared memory), all of it dynamic.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Yes where the condition holds, else No: std::conditional, which device code does without.
template <bool kCondition, typename Yes, typename No>
struct Either {
  using Type = Yes;
};
template <typename Yes, typename No>
struct Either<false, Yes, No> {
  using Type = No;
};

// 16 bytes, loaded and stored by one instruction of a lane: eight bf16, or 32 fp4.
typedef std::uint32_t Piece __attribute__((ext_vector_type(4)));
typedef std::uint32_t Words2 __attribute__((ext_vector_type(2)));
inline constexpr unsigned kPieceValues = 8;  // of bf16

// Aligned to 16 bytes.
SWITCHYARD_DEVICE Piece load_piece(const void* from) { return *static_cast<const Piece*>(from); }
SWITCHYARD_DEVICE void store_piece(void* to, Piece piece) { *static_cast<Piece*>(to) = piece; }
SWITCHYARD_DEVICE Piece zero_piece() { return Piece{0, 0, 0, 0}; }

#if defined(__NVPTX__)
extern __attribute__((shared, aligned(1024))) unsigned char lds_bytes[];  // as warpgroup.h needs it
#elif !defined(SWITCHYARD_HOST)
extern __attribute__((shared, aligned(16))) unsigned char lds_bytes[];
#endif

// What instructions that take an address within LDS call its byte `at`.
SWITCHYARD_DEVICE unsigned lds_address(unsigned at) {
#if defined(__NVPTX__)
  return static_cast<unsigned>(reinterpret_cast<std::size_t>(
             (__attribute__((address_space(3))) unsigned char*)lds_bytes)) +
         at;
#else
  return at;
#endif
}

// `count` values of T in the workgroup's LDS from byte `at`. The launch says how many bytes there are;
// the executor reports an access outside of them, or of the view.
template <typename T>
class Lds {
 public:
  SWITCHYARD_MEMBER Lds(unsigned at, unsigned count) : at_(at), count_(count) {}

  SWITCHYARD_MEMBER T load(unsigned i) const { return *place(i); }
  SWITCHYARD_MEMBER void store(unsigned i, T value) const { *place(i) = value; }
  // Atomically; of an integer, so that the sum is the same in every order.
  SWITCHYARD_MEMBER void add(unsigned i, T value) const {
    static_assert(T(1) / T(2) == T(0));
#if defined(SWITCHYARD_HOST)
    *place(i) += value;  // one thread at a time runs
#else
    __scoped_atomic_fetch_add(place(i), value, __ATOMIC_RELAXED, __MEMORY_SCOPE_WRKGRP);
#endif
  }

  // The first byte after the view, rounded up to 16.
  SWITCHYARD_MEMBER unsigned end() const {
    return (at_ + count_ * static_cast<unsigned>(sizeof(T)) + 15u) & ~15u;
  }

 private:
  SWITCHYARD_MEMBER T* place(unsigned i) const {
#if defined(SWITCHYARD_HOST)
    return static_cast<T*>(host::lds(at_, i, count_, sizeof(T), alignof(T)));
#else
    return reinterpret_cast<T*>(lds_bytes + at_) + i;
#endif
  }

  unsigned at_, count_;
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
