// Waits for a condition with a deadline; the one place in the project that sleeps.
#pragma once

#include <chrono>
#include <thread>
#include <utility>

namespace support {

inline constexpr std::chrono::milliseconds default_poll_interval{10};

// Calls `condition` until it is true or `deadline` has passed; true when the condition came true. The condition is
// always tried at least once, and once more after the deadline, so a slow machine costs time and not correctness.
template <class Condition>
[[nodiscard]] bool wait_until(Condition&& condition, std::chrono::milliseconds deadline,
                              std::chrono::milliseconds poll_interval = default_poll_interval) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(poll_interval);
  }
  return static_cast<bool>(std::forward<Condition>(condition)());
}

}  // namespace support
