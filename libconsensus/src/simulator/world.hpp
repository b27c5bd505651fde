// All that one simulated run consists of, and its loop of events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/simulator/simulation.hpp"
#include "simulator/event_queue.hpp"
#include "simulator/ledger.hpp"
#include "simulator/member.hpp"
#include "simulator/network.hpp"
#include "simulator/noise.hpp"
#include "simulator/pool.hpp"
#include "simulator/requests.hpp"

namespace consensus::simulator {

// Where the actions of a run come from.
class ActionSource {
 public:
  virtual ~ActionSource() = default;
  // Of the next action; max() when there is none.
  [[nodiscard]] virtual TimePoint next_at() const = 0;
  [[nodiscard]] virtual Action take(const World& world) = 0;
  // How taking it went: not at all, or with a request of a client in this place.
  virtual void skipped(TimePoint now) = 0;
  virtual void asked(std::uint32_t request) = 0;
  virtual void ended(TimePoint now, std::uint32_t request) = 0;
};

class World {
 public:
  World(const Setup& run_setup, Noise run_noise, std::unique_ptr<Subject> run_subject);

  // The whole run: the part with faults, the healing, the verdict. Stops at the first failure.
  void run(ActionSource& source);
  [[nodiscard]] Report report() &&;
  // What has been done so far, as a scenario; for when the run does not end by itself.
  [[nodiscard]] Scenario so_far() const;

  // What went wrong first is kept.
  void fail(std::string kind, std::string text);
  [[nodiscard]] bool has_failed() const noexcept { return failure_.has_value(); }

  // Null if there is none of this number (any more).
  [[nodiscard]] SimulatedMember* member(MemberNumber number) const noexcept;
  [[nodiscard]] MemberNumber number_of(const NodeId& id) const noexcept;
  // By number.
  [[nodiscard]] const std::vector<SimulatedMember*>& member_list() const noexcept { return list_; }
  SimulatedMember& make_member(MemberNumber number, LogImage image);
  // The one with the highest term of those that lead; may be null.
  [[nodiscard]] SimulatedMember* leader() const noexcept;

  // Part of the hash of all events.
  void note(std::uint64_t value) noexcept;
  void note(const Message& message) noexcept;

  // Handles one event or action that is due by `until`; false when there is none.
  bool advance(TimePoint until, ActionSource* source);

  Setup setup;
  TimePoint now;
  EventQueue queue;
  Noise noise;
  std::unique_ptr<Subject> subject;
  Statistics statistics;
  Network network{*this};
  Ledger ledger{*this};
  Requests requests{*this};
  Pool<PublishedSnapshot> unpublished;
  Pool<LogReadOrder> reads;

 private:
  void act(ActionSource& source);
  void dispatch(const Event& event);
  void on_member_event(const Event& event);

  std::vector<std::unique_ptr<SimulatedMember>> members_;  // the one of number n in place n - 1
  std::vector<SimulatedMember*> list_;                     // those that are there
  std::vector<Action> actions_;
  std::optional<Failure> failure_;
  std::uint64_t hash_ = 0;
};

// The run under way in this thread; null between runs. For whoever must save what is known when the process dies.
[[nodiscard]] const World* world_under_way() noexcept;

}  // namespace consensus::simulator
