// Seeded numbers for property tests: the same on every machine and with every compiler.
#pragma once

#include <cstddef>
#include <cstdint>

namespace consensus {

// SplitMix64 (Steele, Lea, Flood 2014).
class Seeded {
 public:
  explicit Seeded(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t value = state_ += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }
  // In [0, below); zero when `below` is zero.
  std::size_t pick(std::size_t below) noexcept { return below == 0 ? 0 : static_cast<std::size_t>(next() % below); }

 private:
  std::uint64_t state_;
};

}  // namespace consensus
