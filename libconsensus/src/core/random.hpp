// Random numbers that are the same with every compiler and standard library.
#pragma once

#include <cstdint>

#include "consensus/ids.hpp"

namespace consensus::core {

// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }

  // From zero up to, without, `end`; zero when that is empty. The bias of the remainder does not matter for delays.
  constexpr Duration below(Duration end) noexcept {
    const std::uint64_t drawn = next();
    if (end <= Duration::zero()) return Duration::zero();
    return Duration(static_cast<Duration::rep>(drawn % static_cast<std::uint64_t>(end.count())));
  }

 private:
  std::uint64_t state_;
};

}  // namespace consensus::core
