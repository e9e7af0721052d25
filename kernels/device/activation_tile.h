#pragma once

#include "kernels/device/tile.h"
#include "kernels/device/vocabulary/fragment.h"
#include "kernels/device/vocabulary/rounding.h"

// The end of the first product: h = act(gate, up) of a tile of kBlockM rows and kColumns columns, put
// into LDS as floats, then quantised and written to the rows of its pairs, a block of 32 a thread.
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// Writes h as the product of bf16 reads it.
struct Bf16Writer {
  Bf16* h;
  unsigned intermediate;
  ActivationFormat format;
  float static_scale;

  // Columns n .. n + 31 of a pair.
  SWITCHYARD_MEMBER void operator()(float (&values)[32], std::size_t pair, unsigned n) const {
    store_activations(values, format, static_scale, h + pair * intermediate + n);
  }
};

// kWorkgroup: its threads.
template <unsigned kBlockM, unsigned kColumns, typename Writer = Bf16Writer,
          unsigned kWorkgroup = kThreads>
class ActivationTile {
 public:
  static constexpr unsigned kBlocks = kColumns / 32;  // of a row
  // A block is 33 floats apart from the next, so that threads read different banks.
  static constexpr unsigned kLdsFloats = kBlockM * kBlocks * 33;

  // LDS from byte 0.
  template <typename Argument>
  SWITCHYARD_MEMBER ActivationTile(const Argument& argument, const ExpertTile& tile,
                                   unsigned column, const Writer& writer)
      : lds_(0, kLdsFloats),
        ups_(kLdsFloats * 4, kLdsFloats),
        pairs_(tile.pairs),
        writer_(writer),
        intermediate_(argument.intermediate),
        column_(column),
        bias_(argument.bias == nullptr
                  ? nullptr
                  : argument.bias + std::size_t{tile.expert} * 2 * argument.intermediate),
        input_scale_(argument.input_scale),
        activation_(argument.activation) {}

#if !defined(SWITCHYARD_SM_90)
  // Sums of rows first_row .. + 15 and columns first_column .. + 15 of the tile.
  SWITCHYARD_MEMBER void add(unsigned first_row, unsigned first_column, const Sums& gates,
                             const Sums& ups) const {
#pragma unroll
    for (unsigned i = 0; i < kLaneSums; ++i) {
      put(first_row + sum_row(i), first_column + sum_column(i), gates.at[i], ups.at[i]);
    }
  }
#endif

  // The sums of a row and a column of the tile.
  SWITCHYARD_MEMBER void put(unsigned row, unsigned column, float gate, float up) const {
    const unsigned n = column_ + column;
    gate *= input_scale_;
    up *= input_scale_;
    if (bias_ != nullptr && n < intermediate_) {
      gate += bias_[n];
      up += bias_[intermediate_ + n];
    }
    lds_.store(place(row, column), activate(activation_, gate, up));
  }

  // Where many sums are in a lane: keep(…) for each, then activate_kept(), by all threads, once for all
  // elements, instead of put. Needs LDS for 2 * kLdsFloats.
  SWITCHYARD_MEMBER void keep(unsigned row, unsigned column, float gate, float up) const {
    lds_.store(place(row, column), gate);
    ups_.store(place(row, column), up);
  }
  SWITCHYARD_MEMBER void activate_kept() const {
    barrier();
#pragma unroll 2
    for (unsigned i = thread(); i < kBlockM * kColumns; i += kWorkgroup) {
      const unsigned row = i / kColumns, column = i % kColumns;
      put(row, column, lds_.load(place(row, column)), ups_.load(place(row, column)));
    }
  }

  // After all waves' `add`, `put` or activate_kept(); begins with the barrier.
  SWITCHYARD_MEMBER void write() const {
    barrier();
    for (unsigned block = thread(); block < kBlockM * kBlocks; block += kWorkgroup) {
      const std::int32_t pair = pairs_[block / kBlocks];
      const unsigned n = column_ + block % kBlocks * 32;
      if (pair < 0 || n >= intermediate_) continue;
      float values[32];
#pragma unroll
      for (unsigned i = 0; i < 32; ++i) values[i] = lds_.load(block * 33 + i);
      writer_(values, static_cast<unsigned>(pair), n);
    }
  }

 private:
  SWITCHYARD_MEMBER static unsigned place(unsigned row, unsigned column) {
    return (row * kBlocks + column / 32) * 33 + column % 32;
  }

  Lds<float> lds_, ups_;
  const std::int32_t* pairs_;
  Writer writer_;
  unsigned intermediate_, column_;
  const float* bias_;
  float input_scale_;
  Activation activation_;
};

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
