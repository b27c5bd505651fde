// Keeps a stream to so many bytes a second.
#pragma once

#include <algorithm>
#include <cstdint>

#include "consensus/ids.hpp"

namespace consensus::async {

// Lets a tenth of a second's bytes through at once. A rate of zero is no limit.
class TokenBucket {
 public:
  TokenBucket(std::uint64_t bytes_per_second, TimePoint now) noexcept : rate_(bytes_per_second), due_(now) {}

  // To be called for what was just sent: from when on more may be sent.
  [[nodiscard]] TimePoint spend(std::uint64_t bytes, TimePoint now) noexcept {
    if (rate_ == 0) return now;
    constexpr Duration burst = std::chrono::milliseconds(100);
    const double seconds = static_cast<double>(bytes) / static_cast<double>(rate_);
    due_ = std::max(due_, now - burst) + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    return due_;
  }

 private:
  std::uint64_t rate_;
  TimePoint due_;
};

}  // namespace consensus::async
