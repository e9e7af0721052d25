// Body of the inner products, compiled once an instruction set by products_*.cpp, which define
// SWITCHYARD_VECTOR_BYTES and SWITCHYARD_PRODUCTS before including it. It calls no inline function
// of any other header: the linker might keep this unit's copy, built for this instruction set, for
// all.

namespace switchyard::kernels::cpu {
namespace {

constexpr std::size_t kLanes = SWITCHYARD_VECTOR_BYTES / sizeof(float);
constexpr std::size_t kBlock = 32;
constexpr std::size_t kRows = 2;  // rows of activations at a time: 2 x 4 accumulators

typedef float Vector __attribute__((vector_size(SWITCHYARD_VECTOR_BYTES)));

inline Vector load(const float* from) {
  Vector value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

inline float sum_of_lanes(const Vector& value) {
  float lanes[kLanes];
  __builtin_memcpy(lanes, &value, sizeof(lanes));
  for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

// The second of two rows is the first again where the count is odd, so that each row goes through
// the same instructions whatever the count.
inline std::size_t second_row(std::size_t row, std::size_t rows) {
  return row + 1 < rows ? row + 1 : row;
}

void product_float(const float* const* a, std::size_t a_rows, const float* values,
                   std::size_t columns, float* out) {
  for (std::size_t m = 0; m < a_rows; m += kRows) {
    const std::size_t rows[kRows] = {m, second_row(m, a_rows)};
    Vector sums[kRows][kTileRows] = {};
    for (std::size_t k = 0; k < columns; k += kLanes) {
      const Vector left[kRows] = {load(a[rows[0]] + k), load(a[rows[1]] + k)};
      for (std::size_t n = 0; n < kTileRows; ++n) {
        const Vector right = load(values + n * columns + k);
        for (std::size_t r = 0; r < kRows; ++r) sums[r][n] += left[r] * right;
      }
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      for (std::size_t n = 0; n < kTileRows; ++n) {
        out[rows[r] * kTileRows + n] = sum_of_lanes(sums[r][n]);
      }
    }
  }
}

void product_scaled(const float* const* a, std::size_t a_rows, const float* values,
                    const float* scales, std::size_t columns, float* out) {
  const std::size_t blocks = columns / kBlock;
  for (std::size_t m = 0; m < a_rows; m += kRows) {
    const std::size_t rows[kRows] = {m, second_row(m, a_rows)};
    Vector sums[kRows][kTileRows] = {};
    for (std::size_t block = 0; block < blocks; ++block) {
      for (std::size_t n = 0; n < kTileRows; ++n) {
        Vector partial[kRows] = {};
        for (std::size_t k = block * kBlock; k < (block + 1) * kBlock; k += kLanes) {
          const Vector right = load(values + n * columns + k);
          for (std::size_t r = 0; r < kRows; ++r) partial[r] += load(a[rows[r]] + k) * right;
        }
        const float scale = scales[n * blocks + block];
        for (std::size_t r = 0; r < kRows; ++r) sums[r][n] += partial[r] * scale;
      }
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      for (std::size_t n = 0; n < kTileRows; ++n) {
        out[rows[r] * kTileRows + n] = sum_of_lanes(sums[r][n]);
      }
    }
  }
}

void product_integer(const std::int16_t* const* a, const double* const* a_scales,
                     std::size_t a_rows, const std::int16_t* values, const double* scales,
                     std::size_t columns, float* out) {
  const std::size_t blocks = columns / kBlock;
  for (std::size_t m = 0; m < a_rows; ++m) {
    for (std::size_t n = 0; n < kTileRows; ++n) {
      float sum = 0;
      for (std::size_t block = 0; block < blocks; ++block) {
        const std::int16_t* left = a[m] + block * kBlock;
        const std::int16_t* right = values + n * columns + block * kBlock;
        std::int32_t exact = 0;
        for (std::size_t i = 0; i < kBlock; ++i) {
          exact += static_cast<std::int32_t>(left[i]) * right[i];
        }
        sum += static_cast<float>(static_cast<double>(exact) *
                                  (a_scales[m][block] * scales[n * blocks + block]));
      }
      out[m * kTileRows + n] = sum;
    }
  }
}

}  // namespace

extern const Products SWITCHYARD_PRODUCTS;
const Products SWITCHYARD_PRODUCTS = {product_float, product_scaled, product_integer};

}  // namespace switchyard::kernels::cpu
