#include <cstdio>
#include <cstdlib>
#include <limits>

#include "tests/random/random_policy.h"

namespace switchyard::testing {

namespace {

// high - low; may be 2^64 - 1.
std::uint64_t span_of(const Fact& fact) {
  return static_cast<std::uint64_t>(fact.high) - static_cast<std::uint64_t>(fact.low);
}

}  // namespace

std::vector<std::int64_t> random_codes(const Model& model, Random& random) {
  std::vector<std::int64_t> codes;
  for (std::uint32_t i = 0; i < model.declared_facts; ++i) {
    const Fact& fact = model.facts[i];
    const std::uint64_t last = span_of(fact);
    std::uint64_t offset = random();
    if (last != std::numeric_limits<std::uint64_t>::max()) offset %= last + 1;
    if (last > 16 && random() % 8 == 0) offset = random() % 2 == 0 ? 0 : last;
    codes.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(fact.low) + offset));
  }
  return codes;
}

std::int64_t assignment_count(const Model& model) {
  std::int64_t count = 1;
  for (std::uint32_t i = 0; i < model.declared_facts; ++i) {
    const std::uint64_t last = span_of(model.facts[i]);
    const bool huge =
        last >= std::uint64_t{1} << 62 ||
        count > std::numeric_limits<std::int64_t>::max() / static_cast<std::int64_t>(last + 1);
    if (huge) return std::numeric_limits<std::int64_t>::max();
    count *= static_cast<std::int64_t>(last + 1);
  }
  return count;
}

void for_each_assignment(const Model& model,
                         const std::function<void(const std::vector<std::int64_t>&)>& visit) {
  std::vector<std::int64_t> codes;
  for (std::uint32_t i = 0; i < model.declared_facts; ++i) codes.push_back(model.facts[i].low);
  while (true) {
    visit(codes);
    std::size_t i = codes.size();
    while (i > 0 && codes[i - 1] == model.facts[i - 1].high) {
      codes[i - 1] = model.facts[i - 1].low;
      --i;
    }
    if (i == 0) return;
    ++codes[i - 1];
  }
}

std::size_t policy_rounds(std::size_t usual) {
  const char* text = std::getenv("SWITCHYARD_RANDOM_POLICIES");
  const long given = text == nullptr ? 0 : std::atol(text);
  return given > 0 ? static_cast<std::size_t>(given) : usual;
}

std::uint64_t policy_seed() {
  const char* text = std::getenv("SWITCHYARD_SEED");
  const std::uint64_t seed =
      text != nullptr ? std::strtoull(text, nullptr, 10) : std::random_device{}();
  std::printf("SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace switchyard::testing
