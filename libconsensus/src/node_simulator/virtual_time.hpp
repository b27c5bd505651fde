// A clock that stands still until somebody lets it go on to the next thing that is due.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "consensus/ids.hpp"

namespace consensus::simulator {

class VirtualTime {
 public:
  using Ticket = std::pair<TimePoint, std::uint64_t>;

  [[nodiscard]] TimePoint now() const noexcept { return now_; }

  // Things due at the same time are done in the order of the calls.
  Ticket at(TimePoint when, std::function<void()> action) {
    const Ticket ticket{when < now_ ? now_ : when, ++sequence_};
    actions_.emplace(ticket, std::move(action));
    return ticket;
  }
  // Nothing happens when it was done already.
  void cancel(const Ticket& ticket) { actions_.erase(ticket); }

  // Goes on to the next action that is due until `end` and does it; false, and goes on to the end, if there is none.
  bool advance(TimePoint end) {
    const auto next = actions_.begin();
    if (next == actions_.end() || next->first.first > end) {
      now_ = end;
      return false;
    }
    now_ = next->first.first;
    const std::function<void()> action = std::move(next->second);
    actions_.erase(next);
    action();
    return true;
  }

 private:
  TimePoint now_{};
  std::uint64_t sequence_ = 0;
  std::map<Ticket, std::function<void()>> actions_;
};

}  // namespace consensus::simulator
