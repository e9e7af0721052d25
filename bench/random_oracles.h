#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

// A policy shaped like vLLM's oracles for mixture-of-experts layers: a decision for each quantisation
// scheme, whose kernels state in about eight conditions what they can run and are taken from priority
// lists, by name when one was asked for; then the policy's own rules on what they decided.
namespace switchyard::bench {

inline constexpr std::size_t kOracles = 13;        // and as many schemes
inline constexpr std::size_t kKernels = 8;         // of an oracle
inline constexpr std::size_t kOracleRules = 400;   // of all blocks together
// 37 facts are declared, with a product of 2^45; with the decisions there are 50.
inline constexpr std::size_t kSwitches = 32;       // facts that are bool

// `switches`: bool facts, kSwitches or more. The same arguments give the same text.
std::string oracle_text(std::uint64_t seed, std::size_t switches = kSwitches);

// That text after so many edits in even steps, in turn the first two kernels of a list swapped and an
// architecture taken from what a kernel can run.
std::string edited_oracles(const std::string& text, std::size_t edits);

}  // namespace switchyard::bench
