#include <fmt/format.h>
#include <omp.h>

#include <array>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>

#include "bench/comparators/dense_product.h"

namespace switchyard::bench {
namespace {

using dnnl::memory;
using kernels::Bf16;

// oneDNN's matmul in bf16 with sums in float, the weights as they are: it reorders none ahead.
class OneDnn final : public DenseProduct<Bf16> {
 public:
  std::string describe() const override {
    const dnnl_version_t* const version = dnnl_version();
    return fmt::format("oneDNN {}.{}.{}, bf16 matmul {}", version->major, version->minor,
                       version->patch, implementation_);
  }

  void use_threads(int threads) override { omp_set_num_threads(threads); }

  kernels::Expected<void> multiply(const Bf16* a, const Bf16* b, float* out, std::size_t m,
                                   std::size_t n, std::size_t k) override {
    const auto rows = static_cast<memory::dim>(m), columns = static_cast<memory::dim>(n),
               depth = static_cast<memory::dim>(k);
    const memory::desc left({rows, depth}, memory::data_type::bf16, memory::format_tag::ab);
    const memory::desc right({depth, columns}, memory::data_type::bf16, memory::format_tag::ba);
    const memory::desc sums({rows, columns}, memory::data_type::f32, memory::format_tag::ab);
    try {  // oneDNN reports by exceptions; they end here
      // By threads too: a primitive is made for as many as there are then.
      auto [found, is_new] =
          made_.try_emplace({m, n, k, static_cast<std::size_t>(omp_get_max_threads())});
      if (is_new) {
        const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(left, right, sums),
                                                       engine_);
        implementation_ = description.impl_info_str();
        found->second = dnnl::matmul(description);
      }
      found->second.execute(stream_,
                            {{DNNL_ARG_SRC, memory(left, engine_, const_cast<Bf16*>(a))},
                             {DNNL_ARG_WEIGHTS, memory(right, engine_, const_cast<Bf16*>(b))},
                             {DNNL_ARG_DST, memory(sums, engine_, out)}});
      stream_.wait();
    } catch (const dnnl::error& error) {
      return kernels::fail(fmt::format("oneDNN: {}", error.what()));
    }
    return {};
  }

 private:
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::map<std::array<std::size_t, 4>, dnnl::matmul> made_;
  std::string implementation_;
};

}  // namespace

DenseProduct<Bf16>& onednn() {
  static OneDnn product;
  return product;
}

}  // namespace switchyard::bench
