// The simulated network: messages and snapshots on their way, cuts, and messages that come again long after.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "consensus/raft_core.hpp"
#include "consensus/simulator/scenario.hpp"
#include "simulator/event_queue.hpp"
#include "simulator/pool.hpp"

namespace consensus::simulator {

class World;
struct PublishedSnapshot;

// The part of the network that does not get through, while it lasts.
struct Cut {
  ActionKind kind = ActionKind::isolate;
  MemberNumber node = 0;
  MemberNumber other = 0;
  std::uint64_t mask = 0;

  [[nodiscard]] bool blocks(MemberNumber from, MemberNumber to) const noexcept;
};

class Network {
 public:
  explicit Network(World& world) : world_(world) {}

  void post(MemberNumber from, Message message);
  void send_snapshot(MemberNumber from, const SnapshotOrder& order);
  void deliver(const Event& event);
  void snapshot_arrived(const Event& event);
  void snapshot_sent(const Event& event);
  // Old messages arrive again.
  void replay(std::uint64_t value);

  void begin_cut(const Cut& cut, Duration duration);
  void end_cut(std::uint32_t number);
  void end_all_cuts();
  [[nodiscard]] bool is_open(MemberNumber from, MemberNumber to) const noexcept;
  // What this member sent so far and has not arrived never will.
  void lose_sent(MemberNumber from);
  // Snapshots begun for each member since the last call of reset_snapshot_counts().
  [[nodiscard]] std::uint64_t snapshots_to(MemberNumber to) const noexcept;
  void reset_snapshot_counts();

 private:
  struct Letter {
    MemberNumber from = 0;
    std::uint64_t posted = 0;
    Message message{};
  };
  struct Parcel {
    MemberNumber from = 0;
    std::uint32_t sender_life = 0;
    MemberNumber to = 0;
    bool broken = false;
    bool delivered = false;
    Message message{};
  };

  void schedule(Letter letter, Duration delay);
  void answer_sender(Parcel parcel);

  World& world_;
  Pool<Letter> letters_;
  Pool<Parcel> parcels_;
  std::vector<Letter> old_letters_;  // a ring
  std::size_t oldest_ = 0;
  std::uint64_t posted_ = 0;
  std::vector<std::uint64_t> lost_before_;  // by member: letters posted up to there are lost
  std::vector<std::uint64_t> snapshots_to_;
  struct OpenCut {
    std::uint32_t number = 0;
    Cut cut;
  };
  std::vector<OpenCut> cuts_;
  std::uint32_t cuts_made_ = 0;
};

}  // namespace consensus::simulator
