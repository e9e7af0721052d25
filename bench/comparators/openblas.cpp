#include <cblas.h>
#include <fmt/format.h>

#include <cstdlib>

#include "bench/comparators/dense_product.h"

namespace switchyard::bench {
namespace {

class OpenBlas final : public DenseProduct<float> {
 public:
  std::string describe() const override {
    std::string text =
        fmt::format("{}, sgemm for {}", openblas_get_config(), openblas_get_corename());
    for (const char* const name : {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
      if (const char* const value = std::getenv(name)) text += fmt::format(", {}={}", name, value);
    }
    return text;
  }

  void use_threads(int threads) override { openblas_set_num_threads(threads); }

  kernels::Expected<void> multiply(const float* a, const float* b, float* out, std::size_t m,
                                   std::size_t n, std::size_t k) override {
    const auto rows = static_cast<blasint>(m), columns = static_cast<blasint>(n),
               depth = static_cast<blasint>(k);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, depth, 1, a, depth, b,
                depth, 0, out, columns);
    return {};
  }
};

}  // namespace

DenseProduct<float>& openblas() {
  static OpenBlas product;
  return product;
}

}  // namespace switchyard::bench
