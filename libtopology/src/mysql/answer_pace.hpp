// Learns how long a server takes to answer the same statements, so that waiting for them costs one wake-up.
#pragma once

#include <chrono>

namespace topology::mysql {

// A server sends each statement's result by itself, and each would wake the event loop, which costs more CPU time than
// reading it. Looking for the answer only when it is usually complete makes that one. A value; all times are of one
// session. The wait grows slowly, so that one slow answer does not delay the next ones, and shrinks while the answer is
// already complete, so that it follows a server that gets faster.
class AnswerPace {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // How long after sending to look for the answer; at most max_wait.
  [[nodiscard]] Duration wait() const noexcept { return wait_; }
  // The answer was complete at the first look after the wait.
  void was_complete() noexcept;
  // More had to be waited for; the answer was complete this long after sending.
  void was_incomplete(Duration taken) noexcept;

  static constexpr Duration max_wait = std::chrono::milliseconds(20);

 private:
  Duration wait_{};
};

}  // namespace topology::mysql
