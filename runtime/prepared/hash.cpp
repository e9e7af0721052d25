#include "runtime/prepared/hash.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "runtime/base/check.h"

namespace switchyard {
namespace {

using kernels::Bf16;
using kernels::MxMatrix;

constexpr std::size_t kPiece = std::size_t{4} << 20;

Hash of(XXH128_hash_t hash) { return {{hash.low64, hash.high64}}; }

Hash of_words(std::span<const std::uint64_t> words) {
  return of(XXH3_128bits(words.data(), words.size_bytes()));
}

// Words of all hashes, in order.
Hash combined(const std::vector<Hash>& hashes) {
  std::vector<std::uint64_t> words;
  for (const Hash& hash : hashes) words.insert(words.end(), hash.words.begin(), hash.words.end());
  return of_words(words);
}

class Stream {
 public:
  Stream() : state_(XXH3_createState()) {
    SWITCHYARD_CHECK(state_ != nullptr);  // a kilobyte
    XXH3_128bits_reset(state_.get());
  }
  void add(const void* bytes, std::size_t size) { XXH3_128bits_update(state_.get(), bytes, size); }
  Hash end() const { return of(XXH3_128bits_digest(state_.get())); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

// Every value as a float: the type in a checkpoint is no part of what is computed.
void add(const kernels::Values& values, std::size_t rows, std::size_t step, Stream& to) {
  const std::uint8_t present = kernels::present(values) ? 1 : 0;
  to.add(&present, 1);
  if (present == 0) return;
  for (std::size_t row = 0; row < rows; ++row) {
    const float value = kernels::value_at(values, row * step);
    to.add(&value, sizeof(value));
  }
}

Hash of_matrix(const MxMatrix& matrix, std::size_t rows, std::size_t columns, int bits) {
  const std::size_t blocks = columns / 32, bytes = blocks * static_cast<std::size_t>(bits) * 4;
  Stream stream;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = row * matrix.row_step;
    stream.add(matrix.elements + at * bytes, bytes);
    stream.add(matrix.scales + at * blocks, blocks);
  }
  add(matrix.bias, rows, matrix.row_step, stream);
  return stream.end();
}

}  // namespace

Hash hash_bytes(std::span<const std::byte> bytes, kernels::ThreadPool& pool) {
  std::vector<Hash> pieces((bytes.size() + kPiece - 1) / kPiece);
  pool.for_each(pieces.size(), [&](std::size_t i) {
    const auto piece = bytes.subspan(i * kPiece, std::min(kPiece, bytes.size() - i * kPiece));
    pieces[i] = of(XXH3_128bits(piece.data(), piece.size()));
  });
  return combined(pieces);
}

Hash hash_weights(const kernels::LayerConfig& config, const kernels::LayerWeights& weights,
                  kernels::ThreadPool& pool) {
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const auto intermediate = static_cast<std::size_t>(config.shape.intermediate);
  const int bits = bits_of(info(config.scheme).weight);
  std::vector<Hash> hashes(3 * weights.experts.size() + 1);
  pool.for_each(3 * weights.experts.size(), [&](std::size_t i) {
    const kernels::ExpertWeights& expert = weights.experts[i / 3];
    hashes[i] = i % 3 == 0   ? of_matrix(expert.gate, intermediate, hidden, bits)
                : i % 3 == 1 ? of_matrix(expert.up, intermediate, hidden, bits)
                             : of_matrix(expert.down, hidden, intermediate, bits);
  });
  const std::array<std::uint64_t, 5> about = {static_cast<std::uint64_t>(config.scheme), hidden,
                                              intermediate, weights.experts.size(),
                                              static_cast<std::uint64_t>(config.shape.top_k)};
  hashes.back() = of_words(about);
  return combined(hashes);
}

}  // namespace switchyard
