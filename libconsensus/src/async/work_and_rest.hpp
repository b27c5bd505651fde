// Lets a stream work only for a part of the time while others have something to do.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "consensus/ids.hpp"

namespace consensus::async {

enum class Others { idle, busy };

// After each piece of work it rests for so many hundredths of the time that the work took.
class WorkAndRest {
 public:
  WorkAndRest(std::uint32_t rest_percent, TimePoint now) noexcept : rest_percent_(rest_percent), began_(now) {}

  // A piece of work has ended: from when on the next one may begin. It must begin then or later.
  [[nodiscard]] TimePoint next(TimePoint now, Others others) noexcept {
    constexpr Duration longest = std::chrono::milliseconds(50);
    const Duration rest = std::min<Duration>((now - began_) * rest_percent_ / 100, longest);
    began_ = others == Others::busy ? now + rest : now;
    return began_;
  }

 private:
  std::uint32_t rest_percent_;
  TimePoint began_;
};

}  // namespace consensus::async
