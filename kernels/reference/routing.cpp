#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/reference/reference.h"
#include "kernels/reference/rounding.h"

// Which routings rounding allows. A logit is a sum of H products and a bias in float at worst, so
// it is off by d = gamma(H + 2) (sum |x| |Wr| + |br|). A key is the logit, or sigmoid(logit) +
// correction, off by d / 4 and two roundings; a group's score is the sum of two keys. A weight is a
// ratio of exponentials (or sigmoids, whose relative slope is at most 1) of logits that are each
// off by d: a relative error of at most exp(4 d) - 1, and a handful of roundings.
namespace switchyard::kernels::reference {
namespace {

constexpr double kWeightUlps = 16;

struct Keys {
  std::vector<Bounded> logits;
  std::vector<Bounded> keys;
};

Keys keys_of(const LayerConfig& config, const LayerWeights& weights, std::span<const Bf16> x) {
  Keys result;
  for (std::size_t e = 0; e < static_cast<std::size_t>(config.shape.experts); ++e) {
    double sum = value_at(weights.router_bias, e), magnitude = std::abs(sum);
    for (std::size_t k = 0; k < x.size(); ++k) {
      const double term = static_cast<double>(mx::to_float(x[k])) *
                          static_cast<double>(value_at(weights.router, e * x.size() + k));
      sum += term;
      if (std::isfinite(term)) magnitude += std::abs(term);
    }
    const double off = gamma(static_cast<double>(x.size()) + 2, kUnitFloat) * magnitude;
    const Bounded logit{sum, settled(sum, off, magnitude)};
    Bounded key = logit;
    if (config.router.kind == Router::Kind::sigmoid_grouped) {
      key.value =
          1 / (1 + std::exp(-sum)) + static_cast<double>(value_at(weights.correction_bias, e));
      key.bound = logit.bound / 4 + 2 * kUnitFloat * (1 + std::abs(key.value));
    }
    result.logits.push_back(logit);
    result.keys.push_back(key);
  }
  return result;
}

// Whether `left` certainly ranks above `right`; a NaN is above all.
bool surely_above(const Bounded& left, const Bounded& right) {
  if (std::isnan(right.value)) return false;
  if (std::isnan(left.value)) return true;
  return left.value - left.bound > right.value + right.bound;
}

// Score of each group, and for each whether it is surely among the best `top_groups`, or surely
// not.
struct Groups {
  std::size_t size = 0;
  std::vector<bool> surely_in, surely_out;
};

Groups groups_of(const LayerConfig& config, const std::vector<Bounded>& keys) {
  const auto count = config.router.kind == Router::Kind::sigmoid_grouped
                         ? static_cast<std::size_t>(config.router.groups)
                         : std::size_t{1};
  Groups groups;
  groups.size = keys.size() / count;
  std::vector<Bounded> scores;
  for (std::size_t g = 0; g < count && count > 1; ++g) {
    std::vector<Bounded> members(keys.begin() + static_cast<std::ptrdiff_t>(g * groups.size),
                                 keys.begin() + static_cast<std::ptrdiff_t>((g + 1) * groups.size));
    double bound = 0;
    for (const Bounded& member : members) bound = std::max(bound, member.bound);
    std::partial_sort(members.begin(), members.begin() + 2, members.end(),
                      [](const Bounded& a, const Bounded& b) {
                        if (std::isnan(a.value) != std::isnan(b.value)) return std::isnan(a.value);
                        return a.value > b.value;
                      });
    scores.push_back({members[0].value + members[1].value, 2 * bound});
  }
  const auto kept = static_cast<std::size_t>(config.router.top_groups);
  for (std::size_t g = 0; g < count; ++g) {
    std::size_t above = 0, not_below = 0;
    for (std::size_t other = 0; other < scores.size(); ++other) {
      if (other == g) continue;
      if (surely_above(scores[other], scores[g])) ++above;
      if (!surely_above(scores[g], scores[other])) ++not_below;
    }
    groups.surely_out.push_back(count > 1 && above >= kept);
    groups.surely_in.push_back(count == 1 || not_below < kept);
  }
  return groups;
}

class Token {
 public:
  Token(const LayerConfig& config, const LayerWeights& weights, std::span<const Bf16> x,
        std::span<const std::int32_t> experts, std::span<const float> picked_weights)
      : config_(config),
        keys_(keys_of(config, weights, x)),
        experts_(experts),
        weights_(picked_weights) {}

  // What is wrong, or nothing.
  std::string problem() const {
    std::vector<bool> picked(keys_.keys.size(), false);
    for (const std::int32_t expert : experts_) {
      if (expert < 0 || expert >= config_.shape.experts) return named(expert) + " does not exist";
      if (picked[static_cast<std::size_t>(expert)]) return named(expert) + " is picked twice";
      picked[static_cast<std::size_t>(expert)] = true;
    }
    const Groups groups = groups_of(config_, keys_.keys);
    for (std::size_t j = 0; j < experts_.size(); ++j) {
      const auto expert = static_cast<std::size_t>(experts_[j]);
      if (groups.surely_out[expert / groups.size]) {
        return named(experts_[j]) + " is picked from a group that is not among the best";
      }
      if (j > 0 && surely_above(keys_.keys[expert], key(j - 1))) {
        return named(experts_[j]) + " ranks above " + named(experts_[j - 1]) +
               ", which is picked before it";
      }
      for (std::size_t other = 0; other < picked.size(); ++other) {
        if (!picked[other] && groups.surely_in[other / groups.size] &&
            surely_above(keys_.keys[other], keys_.keys[expert])) {
          return named(experts_[j]) + " is picked, but " + named(static_cast<std::int32_t>(other)) +
                 " ranks above it";
        }
      }
    }
    return weight_problem();
  }

 private:
  static std::string named(std::int32_t expert) { return "expert " + std::to_string(expert); }
  const Bounded& key(std::size_t j) const {
    return keys_.keys[static_cast<std::size_t>(experts_[j])];
  }
  double logit(std::size_t j) const {
    return keys_.logits[static_cast<std::size_t>(experts_[j])].value;
  }

  std::string weight_problem() const {
    const Router& router = config_.router;
    const bool sigmoid = router.kind == Router::Kind::sigmoid_grouped;
    // NaN logits come first, so the first picked one is the largest, or a NaN.
    const double largest = logit(0);
    const auto part = [&](double value) {
      return sigmoid ? 1 / (1 + std::exp(-value)) : std::exp(value - largest);
    };
    double sum = 0, off = 0;
    for (std::size_t j = 0; j < experts_.size(); ++j) sum += part(logit(j));
    for (const Bounded& value : keys_.logits) off = std::max(off, value.bound);
    if (router.kind == Router::Kind::top_k_of_softmax && !router.renormalise) {
      sum = 0;
      for (const Bounded& value : keys_.logits) sum += part(value.value);
    }
    if (sigmoid) sum = router.renormalise ? sum + kSigmoidSumGuard : 1;
    for (std::size_t j = 0; j < experts_.size(); ++j) {
      const double expected =
          part(logit(j)) / sum * (sigmoid ? static_cast<double>(router.scaling_factor) : 1.0);
      const double bound =
          std::abs(expected) * (std::expm1(4 * off) + kWeightUlps * kUnitFloat) + 0x1p-149;
      const double found = weights_[j];
      const bool same =
          std::isnan(expected) ? std::isnan(found) : std::abs(found - expected) <= bound;
      if (same || !std::isfinite(off)) continue;
      std::ostringstream text;
      text.precision(9);
      text << named(experts_[j]) << " has weight " << found << ", but " << expected << " within "
           << bound << " is right";
      return text.str();
    }
    return "";
  }

  const LayerConfig& config_;
  Keys keys_;
  std::span<const std::int32_t> experts_;
  std::span<const float> weights_;
};

}  // namespace

Expected<void> check_routing(const LayerConfig& config, const LayerWeights& weights,
                             std::span<const Bf16> x, const Routing& routing) {
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const auto top_k = static_cast<std::size_t>(config.shape.top_k);
  const std::size_t tokens = x.size() / hidden;
  if (routing.experts.size() != tokens * top_k || routing.weights.size() != tokens * top_k) {
    return fail("the routing has " + std::to_string(routing.experts.size()) + " experts and " +
                std::to_string(routing.weights.size()) + " weights, but " + std::to_string(tokens) +
                " tokens need " + std::to_string(tokens * top_k));
  }
  for (std::size_t t = 0; t < tokens; ++t) {
    const Token token(config, weights, x.subspan(t * hidden, hidden),
                      std::span(routing.experts).subspan(t * top_k, top_k),
                      std::span(routing.weights).subspan(t * top_k, top_k));
    if (const std::string problem = token.problem(); !problem.empty()) {
      return fail("token " + std::to_string(t) + ": " + problem);
    }
  }
  return {};
}

}  // namespace switchyard::kernels::reference
