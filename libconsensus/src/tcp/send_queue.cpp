// The messages that wait for one peer's connection, bounded by number and bytes.
#include "tcp/send_queue.hpp"

#include <utility>

namespace consensus::tcp {

bool SendQueue::has_room_for(std::size_t bytes) const noexcept {
  return queued_.size() < limits_.messages && bytes <= limits_.bytes && bytes_ <= limits_.bytes - bytes;
}

void SendQueue::push(Weight weight, wire::EncodedFrame frame) {
  const std::size_t size = frame.size();
  if (!has_room_for(size)) drop_passing(size);
  if (!has_room_for(size)) {
    ++lost_;
    return;
  }
  bytes_ += size;
  if (weight == Weight::passing) ++passing_;
  queued_.push_back({weight, std::move(frame)});
}

void SendQueue::drop_passing(std::size_t bytes) {
  for (auto at = queued_.begin(); passing_ > 0 && at != queued_.end() && !has_room_for(bytes);) {
    if (at->weight != Weight::passing) {
      ++at;
      continue;
    }
    bytes_ -= at->frame.size();
    --passing_;
    ++lost_;
    at = queued_.erase(at);
  }
}

std::vector<wire::EncodedFrame> SendQueue::take(std::size_t max_bytes) {
  std::vector<wire::EncodedFrame> taken;
  std::size_t taken_bytes = 0;
  while (!queued_.empty()) {
    Queued& oldest = queued_.front();
    const std::size_t size = oldest.frame.size();
    if (!taken.empty() && taken_bytes + size > max_bytes) break;
    taken_bytes += size;
    bytes_ -= size;
    if (oldest.weight == Weight::passing) --passing_;
    taken.push_back(std::move(oldest.frame));
    queued_.pop_front();
  }
  return taken;
}

void SendQueue::clear() {
  lost_ += queued_.size();
  queued_.clear();
  bytes_ = 0;
  passing_ = 0;
}

}  // namespace consensus::tcp
