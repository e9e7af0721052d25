// A token's experts and weights from its logits (kernels/moe/router.h), a token a wave. A logit is
// the sum of its parts and the bias.
//
// Keys are ranked as integers that order like floats, a NaN above all, 0 for what is out; of equal
// keys the lower index wins. The best is taken top_k times. Weights are summed in double. Grid x =
// ceil(T / waves). LDS: two words an expert, a word a group and a pick, for each wave.
#include "kernels/device/arguments.h"
#include "kernels/device/vocabulary/arithmetic.h"
#include "kernels/device/vocabulary/memory.h"
#include "kernels/device/vocabulary/thread.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

constexpr std::uint32_t kNan = 0xFFFFFFFFu;

// Ascending with the value, both zeros alike, a NaN last; never 0.
SWITCHYARD_DEVICE std::uint32_t rank_of(float value) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, value + 0.0f);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return kNan;
  return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

SWITCHYARD_DEVICE float value_of(std::uint32_t rank) {
  const std::uint32_t bits = (rank & 0x80000000u) != 0 ? rank & 0x7FFFFFFFu : ~rank;
  return __builtin_bit_cast(float, rank == kNan ? 0x7FC00000u : bits);
}

SWITCHYARD_DEVICE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

using Words = Lds<std::uint32_t>;

// The sum of the two best keys of a group.
SWITCHYARD_DEVICE std::uint32_t group_rank(const Words& keys, unsigned first, unsigned size) {
  std::uint32_t best = 0, second = 0;
  for (unsigned i = 0; i < size; ++i) {
    const std::uint32_t key = keys.load(first + i);
    if (key > best) {
      second = best;
      best = key;
    } else if (key > second) {
      second = key;
    }
  }
  return rank_of(value_of(best) + value_of(second));
}

// Leaves only the experts of the best groups; all lanes come here.
SWITCHYARD_DEVICE void keep_best_groups(const RouterPick& argument, const Words& keys,
                                        const Words& groups) {
  const unsigned size = argument.experts / argument.groups;
  for (unsigned g = lane(); g < argument.groups; g += kWave) {
    groups.store(g, group_rank(keys, g * size, size));
  }
  wave_sync();
  for (unsigned e = lane(); e < argument.experts; e += kWave) {
    const unsigned own = e / size;
    unsigned above = 0;
    for (unsigned g = 0; g < argument.groups; ++g) {
      const std::uint32_t other = groups.load(g), mine = groups.load(own);
      above += other > mine || (other == mine && g < own) ? 1 : 0;
    }
    if (above >= argument.top_groups) keys.store(e, 0);
  }
}

// Puts a token's logits into LDS, `to`: the sums of their parts and the bias. Several are on their
// way at once.
SWITCHYARD_DEVICE void add_parts(const RouterPick& argument, unsigned token, const Lds<float>& to) {
  constexpr unsigned kAtOnce = 4;
  constexpr unsigned kPartsAtOnce = 7;  // of eight at most (kernels/gpu/layer.cpp) all but the first
  const unsigned experts = argument.experts;
  const float* const first = argument.logits + std::size_t{token} * experts;
  const std::size_t a_part = std::size_t{argument.tokens} * experts;
  for (unsigned from = lane(); from < experts; from += kAtOnce * kWave) {
    float sums[kAtOnce];
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      const unsigned e = from + i * kWave;
      sums[i] = e < experts ? first[e] : 0;
    }
    for (unsigned part = 1; part < argument.parts; part += kPartsAtOnce) {
      float others[kPartsAtOnce][kAtOnce];
#pragma unroll
      for (unsigned p = 0; p < kPartsAtOnce; ++p) {
#pragma unroll
        for (unsigned i = 0; i < kAtOnce; ++i) {
          // Past the last the last again, so that no load waits for a branch.
          const unsigned e = from + i * kWave, own = part + p;
          others[p][i] = first[(own < argument.parts ? own : argument.parts - 1) * a_part +
                               (e < experts ? e : experts - 1)];
        }
      }
#pragma unroll
      for (unsigned p = 0; p < kPartsAtOnce; ++p) {
#pragma unroll
        for (unsigned i = 0; i < kAtOnce; ++i) {
          if (part + p < argument.parts) sums[i] += others[p][i];
        }
      }
    }
#pragma unroll
    for (unsigned i = 0; i < kAtOnce; ++i) {
      const unsigned e = from + i * kWave;
      if (e >= experts) continue;
      to.store(e, argument.bias == nullptr ? sums[i] : sums[i] + argument.bias[e]);
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_router_pick, RouterPick) {
  const unsigned experts = argument.experts, top_k = argument.top_k;
  const unsigned words = 2 * experts + argument.groups + top_k;  // of a wave
  const Words keys(wave() * words * 4, experts);
  const Words groups((wave() * words + experts) * 4, argument.groups);
  const Words picks((wave() * words + experts + argument.groups) * 4, top_k);
  const Lds<float> logits((wave() * words + experts + argument.groups + top_k) * 4, experts);
  const unsigned own = workgroup_x() * kWorkgroupWaves + wave();
  const bool writes = own < argument.tokens;  // a wave past the last token repeats it
  const unsigned token = writes ? own : argument.tokens - 1;
  add_parts(argument, token, logits);
  wave_sync();
  const bool sigmoids = argument.kind == Router::Kind::sigmoid_grouped;
  for (unsigned e = lane(); e < experts; e += kWave) {
    float key = logits.load(e);
    if (sigmoids) {
      key = sigmoid(key) + (argument.correction == nullptr ? 0.0f : argument.correction[e]);
    }
    keys.store(e, rank_of(key));
  }
  wave_sync();
  if (sigmoids && argument.groups > 1) keep_best_groups(argument, keys, groups);
  wave_sync();

  for (unsigned j = 0; j < top_k; ++j) {
    std::uint32_t rank = 0, own = lane();  // of the lane's best, the first of equals
    for (unsigned e = lane(); e < experts; e += kWave) {
      const std::uint32_t key = keys.load(e);
      own = key > rank ? e : own;
      rank = key > rank ? key : rank;
    }
    const std::uint32_t best = wave_max(rank);
    const std::uint32_t expert =
        0xFFFFFFFFu - wave_max(rank == best && own < experts ? 0xFFFFFFFFu - own : 0u);
    if (expert % kWave == lane()) {
      keys.store(expert, 0);
      picks.store(j, expert);
      if (writes) {
        argument.experts_picked[std::size_t{token} * top_k + j] = static_cast<std::int32_t>(expert);
      }
    }
  }
  wave_sync();

  const float largest = logits.load(picks.load(0));
  double sum = 0;
  if (argument.kind == Router::Kind::top_k_of_softmax && !argument.renormalise) {
    for (unsigned e = lane(); e < experts; e += kWave) {
      sum += static_cast<double>(exponential(logits.load(e) - largest));
    }
  } else {
    for (unsigned j = lane(); j < top_k; j += kWave) {
      const float logit = logits.load(picks.load(j));
      sum += static_cast<double>(sigmoids ? sigmoid(logit) : exponential(logit - largest));
    }
  }
  sum = wave_sum(sum);
  const double divisor = !sigmoids ? sum : argument.renormalise ? sum + kSigmoidSumGuard : 1.0;
  const double factor = sigmoids ? static_cast<double>(argument.scaling_factor) : 1.0;
  for (unsigned j = lane(); j < top_k && writes; j += kWave) {
    const float logit = logits.load(picks.load(j));
    const float weight = sigmoids ? sigmoid(logit) : exponential(logit - largest);
    argument.weights[std::size_t{token} * top_k + j] =
        static_cast<float>(static_cast<double>(weight) / divisor * factor);
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
