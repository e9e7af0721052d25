#pragma once

#include <cstddef>
#include <string>

#include "kernels/error.h"
#include "kernels/mx/bf16.h"

// Plain matrix products of other libraries, for operands of type T: Bf16 or float.
namespace switchyard::bench {

template <typename T>
class DenseProduct {
 public:
  virtual ~DenseProduct() = default;

  // Version, and the code that it ran, as the library names it; call it after a product.
  virtual std::string describe() const = 0;

  virtual void use_threads(int threads) = 0;

  // out [m, n] = a [m, k] times the transpose of b [n, k], row-major, summed in float.
  virtual kernels::Expected<void> multiply(const T* a, const T* b, float* out, std::size_t m,
                                           std::size_t n, std::size_t k) = 0;
};

#ifdef SWITCHYARD_ONEDNN
DenseProduct<kernels::Bf16>& onednn();
#endif
#ifdef SWITCHYARD_OPENBLAS
DenseProduct<float>& openblas();
#endif

}  // namespace switchyard::bench
