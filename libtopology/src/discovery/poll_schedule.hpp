// Decides when an instance is probed next.
#pragma once

#include <chrono>

namespace topology {

struct PollSchedule {
  std::chrono::milliseconds interval{1000};
  double dead_factor = 1.5;
  std::chrono::milliseconds dead_max{30'000};
};

// The wait before the next probe. failures is the number of failed probes in a row; jitter, from 0 to 1, spreads
// instances over up to a tenth of the wait, so that a fleet discovered at one instant is not probed in bursts for ever.
// The result never exceeds the larger of interval and dead_max.
[[nodiscard]] std::chrono::milliseconds next_wait(const PollSchedule& schedule, unsigned failures, double jitter);

}  // namespace topology
