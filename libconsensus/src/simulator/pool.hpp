// Keeps things that events refer to by number, and gives numbers out again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace consensus::simulator {

template <class T>
class Pool {
 public:
  std::uint32_t put(T value) {
    if (free_.empty()) {
      kept_.push_back(std::move(value));
      return static_cast<std::uint32_t>(kept_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    kept_[slot] = std::move(value);
    return slot;
  }

  [[nodiscard]] T take(std::uint32_t slot) {
    free_.push_back(slot);
    return std::move(kept_[slot]);
  }

  [[nodiscard]] const T& at(std::uint32_t slot) const noexcept { return kept_[slot]; }

 private:
  std::vector<T> kept_;
  std::vector<std::uint32_t> free_;
};

}  // namespace consensus::simulator
