// Random numbers that are the same with every compiler and standard library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace consensus::simulator {

// Mixes 64 bits so that every input bit reaches every output bit. Source: SplitMix64 (Steele, Lea, Flood 2014).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

// A number that belongs to several numbers together: a seed for a part of something that has a seed.
template <class... Rest>
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t first, std::uint64_t second, Rest... rest) noexcept {
  return mix(mix(first) ^ second, static_cast<std::uint64_t>(rest)...);
}

// Source: xoshiro256** (Blackman, Vigna 2018). The standard library's distributions differ between implementations, so
// the few that are needed are here.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) word = seed = mix(seed);
  }

  std::uint64_t next() noexcept {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // In [0, limit); zero for a limit of zero. The bias is below limit / 2^64.
  std::uint64_t below(std::uint64_t limit) noexcept { return limit == 0 ? 0 : next() % limit; }
  // In [least, most].
  std::uint64_t between(std::uint64_t least, std::uint64_t most) noexcept { return least + below(most - least + 1); }
  // True `per_mille` times in a thousand.
  bool chance(std::uint64_t per_mille) noexcept { return below(1000) < per_mille; }

  template <class Container>
  auto& pick(Container& from) noexcept {
    return from[static_cast<std::size_t>(below(from.size()))];
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t value, unsigned bits) noexcept {
    return value << bits | value >> (64U - bits);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace consensus::simulator
