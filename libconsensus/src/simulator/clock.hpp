// A member's clock: runs a little faster or slower than the others'.
#pragma once

#include <cstdint>

#include "consensus/ids.hpp"

namespace consensus::simulator {

class SkewedClock {
 public:
  // The local time at a true time; both never go back.
  [[nodiscard]] TimePoint local(TimePoint now) const noexcept {
    return local_base_ + scale((now - true_base_).count(), million + skew_, million);
  }

  // The first true time at which the local time has come.
  [[nodiscard]] TimePoint true_time(TimePoint when) const noexcept {
    if (when == TimePoint::max()) return when;
    if (when <= local_base_) return true_base_;
    TimePoint estimate = true_base_ + scale((when - local_base_).count(), million, million + skew_);
    while (local(estimate) < when) estimate += Duration(1);
    return estimate;
  }

  // From `now` on it runs faster by so many millionths.
  void set_skew(TimePoint now, std::int64_t millionths) noexcept {
    local_base_ = local(now);
    true_base_ = now;
    skew_ = millionths;
  }

 private:
  static constexpr std::int64_t million = 1'000'000;

  static Duration scale(std::int64_t count, std::int64_t by, std::int64_t over) noexcept {
    return Duration(count / over * by + count % over * by / over);
  }

  TimePoint true_base_{};
  TimePoint local_base_{};
  std::int64_t skew_ = 0;
};

}  // namespace consensus::simulator
