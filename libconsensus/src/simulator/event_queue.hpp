// What will happen at which virtual time, in a fixed order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "consensus/ids.hpp"

namespace consensus::simulator {

enum class EventKind : std::uint8_t {
  deliver,           // a message arrives: `slot` of the post office
  wake,              // a core's deadline
  run,               // a member takes what has come in
  written,           // a write ends
  applied,           // the state machine is done with the first job
  log_read,          // entries were read for a peer
  snapshot_taken,    // a snapshot is published
  snapshot_arrived,  // a snapshot has come over the network
  snapshot_sent,     // the sender learns how it went
  peer_lost,
  restart,
  end_of_cut,
  end_of_full_disk,
  end_of_lie,
  request_timeout,
};

struct Event {
  TimePoint at{};
  std::uint64_t order = 0;
  EventKind kind = EventKind::wake;
  std::uint32_t node = 0;
  std::uint32_t life = 0;  // of the node; an event for an earlier life is void
  std::uint32_t slot = 0;
};

class EventQueue {
 public:
  [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
  [[nodiscard]] const Event& top() const noexcept { return heap_.front(); }
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

  // Of two at the same time, the one pushed first comes first.
  void push(Event event) {
    event.order = ++order_;
    heap_.push_back(event);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  Event pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

 private:
  static bool later(const Event& left, const Event& right) noexcept {
    return left.at != right.at ? left.at > right.at : left.order > right.order;
  }

  std::vector<Event> heap_;
  std::uint64_t order_ = 0;
};

}  // namespace consensus::simulator
