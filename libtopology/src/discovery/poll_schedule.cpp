// The back-off of dead instances, and jitter.
#include "discovery/poll_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace topology {

std::chrono::milliseconds next_wait(const PollSchedule& schedule, unsigned failures, double jitter) {
  const auto interval = static_cast<double>(schedule.interval.count());
  const auto longest = std::max(interval, static_cast<double>(schedule.dead_max.count()));
  const auto grown = std::min(interval * std::pow(std::max(1.0, schedule.dead_factor), failures), longest);
  // Jitter shortens, so that no instance is seen less often than the interval promises.
  const auto wait = grown * (1.0 - 0.1 * std::clamp(jitter, 0.0, 1.0));
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(wait));
}

}  // namespace topology
