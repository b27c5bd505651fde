// What a register and a list do, for checking histories of them.
#pragma once

#include <cstdint>
#include <vector>

#include "consensus/simulator/random.hpp"

namespace consensus::simulator {

// One number that is read, written, and compared and set; zero at the start.
struct RegisterModel {
  enum class Kind : std::uint8_t { read, write, compare_and_set };
  struct Call {
    Kind kind = Kind::read;
    std::uint64_t value = 0;     // write, compare_and_set: the new value
    std::uint64_t expected = 0;  // compare_and_set
  };
  struct Answer {
    std::uint64_t value = 0;  // read: the value; compare_and_set: 1 if it was set
  };
  using State = std::uint64_t;

  static State initial() noexcept { return 0; }
  static std::uint64_t fingerprint(const State& state) noexcept { return mix(state); }
  static bool apply(State& state, const Call& call, const Answer* answer) noexcept {
    switch (call.kind) {
      case Kind::read:
        return answer == nullptr || answer->value == state;
      case Kind::write:
        state = call.value;
        return true;
      case Kind::compare_and_set: {
        const bool fits = state == call.expected;
        if (fits) state = call.value;
        return answer == nullptr || answer->value == (fits ? 1U : 0U);
      }
    }
    return false;
  }
};

// A list that grows at its end and is read as a whole. What is lost, doubled or out of order shows in every later read.
struct ListModel {
  enum class Kind : std::uint8_t { read, append };
  struct Call {
    Kind kind = Kind::read;
    std::uint64_t value = 0;  // append
  };
  struct Answer {
    std::vector<std::uint64_t> values;  // read
  };
  using State = std::vector<std::uint64_t>;

  static State initial() { return {}; }
  static std::uint64_t fingerprint(const State& state) noexcept {
    std::uint64_t hash = state.size();
    for (const std::uint64_t value : state) hash = mix(hash, value);
    return hash;
  }
  static bool apply(State& state, const Call& call, const Answer* answer) {
    if (call.kind == Kind::append) {
      state.push_back(call.value);
      return true;
    }
    return answer == nullptr || answer->values == state;
  }
};

}  // namespace consensus::simulator
