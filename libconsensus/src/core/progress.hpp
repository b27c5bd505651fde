// What a leader knows of one member: how far its log goes, and how much may be sent to it now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "consensus/raft_core.hpp"

namespace consensus::core {

// Append requests with entries that are not answered yet, oldest first. Its bounds are what keeps a slow member from
// being drowned.
class InflightWindow {
 public:
  InflightWindow(std::size_t max_requests, std::size_t max_bytes) noexcept
      : max_requests_(max_requests), max_bytes_(max_bytes) {}

  [[nodiscard]] std::size_t size() const noexcept { return requests_.size(); }
  [[nodiscard]] bool is_full() const noexcept { return requests_.size() >= max_requests_ || bytes_ >= max_bytes_; }
  void add(Index last, std::size_t bytes);
  // Everything up to here has been answered.
  void free_through(Index index) noexcept;
  void clear() noexcept;

 private:
  struct Request {
    Index last;
    std::size_t bytes = 0;
  };
  std::vector<Request> requests_;
  std::size_t bytes_ = 0;
  std::size_t max_requests_;
  std::size_t max_bytes_;
};

// The states are those of etcd's Progress. Probing: one request at a time until the member's log is found to match
// somewhere. Replicating: requests stream, optimistically, from `next`. Snapshot: nothing is sent.
struct Peer {
  Peer(NodeId peer, Index next_index, const CoreOptions& options)
      : id(std::move(peer)), next(next_index), window(options.max_inflight_requests, options.max_inflight_bytes) {}

  NodeId id;
  ReplicationState state = ReplicationState::probe;
  Index match;
  Index next;
  Index sent_commit;  // the largest commit index that was sent and will be accepted
  Index pending_snapshot;
  bool is_self = false;
  bool learner = false;
  bool recently_active = false;
  bool flow_paused = false;
  bool send_due = false;  // an append request goes as soon as it may, also an empty one
  bool reading = false;   // entries for it are being read from the store
  InflightWindow window;

  std::uint64_t life = 0;
  bool recovering = false;
  Index recovered_by;  // once this is committed without it, and it has this, it may vote again

  std::uint64_t answered_round = 0;
  std::uint64_t nudged_round = 0;
  std::optional<TimePoint> lease_from;  // it promised not to vote for others for an election timeout from here
  Space space = Space::enough;

  [[nodiscard]] bool is_paused() const noexcept;
  // Its acknowledgements make quorums.
  [[nodiscard]] bool counts() const noexcept { return !recovering; }

  void become_probe();
  void become_replicate();
  void become_snapshot(Index snapshot);
  // Its life is another: nothing that was known of its log holds any more (MS-31).
  void forget(Index last);

  void sent_entries(std::size_t count, std::size_t bytes);
  // True when that is news.
  bool acknowledge(Index index);
  // True when the refusal is not stale; then the next request is to go from there.
  bool back_off(Index rejected, Index match_hint);
  // The member would take the commit index and does not know it yet.
  [[nodiscard]] bool can_bump_commit(Index commit) const noexcept;

 private:
  void enter(ReplicationState entered);
};

}  // namespace consensus::core
