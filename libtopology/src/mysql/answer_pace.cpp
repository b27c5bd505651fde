// Adapts the wait for an answer.
#include "mysql/answer_pace.hpp"

#include <algorithm>

namespace topology::mysql {

void AnswerPace::was_complete() noexcept {
  wait_ -= wait_ / 16;
}

void AnswerPace::was_incomplete(Duration taken) noexcept {
  constexpr Duration least_step = std::chrono::microseconds(200);
  const Duration furthest = wait_ + wait_ / 4 + least_step;
  wait_ = std::min({taken + taken / 16, furthest, max_wait});
}

}  // namespace topology::mysql
