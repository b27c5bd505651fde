// The messages that wait for one peer's connection, bounded by number and bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "wire/frame.hpp"

namespace consensus::tcp {

// What may be lost first when there is no room.
enum class Weight : std::uint8_t {
  passing,  // the next one says the same: heartbeats and their replies
  lasting,
};

struct QueueLimits {
  std::size_t messages = 0;
  std::size_t bytes = 0;
};

// A lasting message that finds no room drives out the oldest passing ones. If that is not enough it is lost itself:
// an older append in front is worth more, since later ones build on it.
class SendQueue {
 public:
  explicit SendQueue(QueueLimits limits) noexcept : limits_(limits) {}

  void push(Weight weight, wire::EncodedFrame frame);
  // The oldest ones, together no more than `max_bytes` unless the first alone has more.
  [[nodiscard]] std::vector<wire::EncodedFrame> take(std::size_t max_bytes);
  void clear();
  // Counts one that never got in.
  void lose_one() noexcept { ++lost_; }

  [[nodiscard]] bool empty() const noexcept { return queued_.empty(); }
  [[nodiscard]] std::size_t messages() const noexcept { return queued_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  // How many were lost so far, by push() or clear().
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  struct Queued {
    Weight weight;
    wire::EncodedFrame frame;
  };

  [[nodiscard]] bool has_room_for(std::size_t bytes) const noexcept;
  void drop_passing(std::size_t bytes);

  QueueLimits limits_;
  std::deque<Queued> queued_;
  std::size_t bytes_ = 0;
  std::size_t passing_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace consensus::tcp
