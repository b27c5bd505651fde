// One simulated member: its core, its disk, its state machine, and what carries out the core's orders.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/raft_core.hpp"
#include "consensus/simulator/scenario.hpp"
#include "consensus/state_machine.hpp"
#include "simulator/clock.hpp"
#include "simulator/disk.hpp"
#include "simulator/event_queue.hpp"

namespace consensus::simulator {

class World;

// How far a core had come when it was last looked at.
struct LedgerMark {
  Term term;
  Index commit;
  Index given;  // to be applied
  bool led = false;
  std::uint64_t steps = 0;
  Configuration configuration;
  Configuration previous_configuration;
};

class SimulatedMember {
 public:
  SimulatedMember(World& world, MemberNumber number, LogImage image);

  [[nodiscard]] MemberNumber number() const noexcept { return number_; }
  [[nodiscard]] const NodeId& id() const noexcept { return id_; }
  [[nodiscard]] std::uint32_t life() const noexcept { return life_; }
  [[nodiscard]] bool is_up() const noexcept { return core_.has_value(); }
  [[nodiscard]] bool is_wiped() const noexcept { return wiped_; }
  // Entries that were durable here once, lost by its disk, and not known to be replaced.
  [[nodiscard]] const std::vector<LogPosition>& lost() const noexcept { return lost_; }
  // What was durable here when its disk lost something, lost or not: it may have been acknowledged.
  [[nodiscard]] bool had_before_damage(const LogPosition& position) const noexcept;
  [[nodiscard]] bool leads() const noexcept { return core_ && core_->role() == Role::leader; }
  [[nodiscard]] const RaftCore& core() const noexcept { return *core_; }
  [[nodiscard]] Disk& disk() noexcept { return disk_; }
  [[nodiscard]] const Disk& disk() const noexcept { return disk_; }
  [[nodiscard]] StateMachine& machine() noexcept { return *machine_; }
  [[nodiscard]] Index applied() const noexcept { return applied_.index; }
  [[nodiscard]] const LogPosition& applied_position() const noexcept { return applied_; }
  // Nothing is being written, and nothing that was refused waits to be written again.
  [[nodiscard]] bool has_all_stored() const noexcept { return !disk_.is_writing() && !write_refused_; }
  // A change of the configuration waits to be taken.
  [[nodiscard]] bool has_unread_change() const noexcept { return unread_change_; }
  // What the ledger remembers of this life.
  [[nodiscard]] LedgerMark& ledger_mark() noexcept { return ledger_mark_; }

  void start();
  void crash(std::uint64_t value);
  void wipe();
  void pause(TimePoint until) noexcept { paused_until_ = std::max(paused_until_, until); }
  // From now on the clock runs faster by so many millionths.
  void reset_clock(std::int64_t millionths);

  // An input that comes from outside; taken at once if the member is not busy.
  void give(Input input);
  // An event for this member in its present life.
  void on_event(const Event& event);
  // All of the state machine, as a snapshot has it.
  [[nodiscard]] std::string state_bytes();

 private:
  struct Job {
    enum class Kind : std::uint8_t { restore, apply, take_snapshot };
    Kind kind = Kind::apply;
    WriteId after;  // not before this write is durable; zero: at once
    SnapshotMeta meta;
    CommittedRange range;
  };

  void step();
  void perform(Output output);
  void note_lost(const LogImage& before);
  void begin_write(Write write, std::vector<Message> after);
  void end_write();
  void queue_jobs(Output& output);
  void start_job();
  void end_job();
  void apply(const CommittedRange& range);
  void restore(const SnapshotMeta& meta);
  void take_snapshot();
  void load(const PublishedSnapshot& snapshot);
  void schedule(EventKind kind, Duration after, std::uint32_t slot = 0);
  void schedule_wake(TimePoint local_deadline);

  World& world_;
  MemberNumber number_;
  NodeId id_;
  std::uint32_t life_ = 0;
  bool wiped_ = false;
  std::vector<LogPosition> lost_;
  std::vector<LogPosition> kept_;  // beside lost_: what the disk still had
  SkewedClock clock_;
  Disk disk_;
  std::optional<RaftCore> core_;
  LedgerMark ledger_mark_;
  std::vector<Input> inbox_;
  std::vector<Input> inputs_;  // being taken
  bool unread_change_ = false;
  bool write_refused_ = false;
  bool run_scheduled_ = false;
  TimePoint busy_until_;
  TimePoint paused_until_;
  TimePoint deadline_ = TimePoint::max();       // of the core, by its clock
  TimePoint wake_event_at_ = TimePoint::max();  // of the next event that looks whether it has come
  std::vector<Message> after_write_;
  WriteId durable_write_;

  std::deque<Job> jobs_;
  bool job_running_ = false;
  std::unique_ptr<StateMachine> machine_;
  LogPosition applied_;
  ConfigurationAt applied_configuration_;
};

}  // namespace consensus::simulator
