// Where a run's actions come from: a list, or dice.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "consensus/simulator/random.hpp"
#include "consensus/simulator/simulation.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {

class ListedActions final : public ActionSource {
 public:
  explicit ListedActions(std::vector<Action> actions) : actions_(std::move(actions)) {}

  [[nodiscard]] TimePoint next_at() const override {
    return next_ < actions_.size() ? actions_[next_].at : TimePoint::max();
  }
  [[nodiscard]] Action take(const World&) override { return actions_[next_++]; }
  void skipped(TimePoint) override {}
  void asked(std::uint32_t) override {}
  void ended(TimePoint, std::uint32_t) override {}

 private:
  std::vector<Action> actions_;
  std::size_t next_ = 0;
};

// Clients that ask one thing after the other, and somebody who breaks things.
class DicedActions final : public ActionSource {
 public:
  DicedActions(const Rates& rates, std::uint64_t seed);

  [[nodiscard]] TimePoint next_at() const override;
  [[nodiscard]] Action take(const World& world) override;
  void skipped(TimePoint now) override;
  void asked(std::uint32_t request) override;
  void ended(TimePoint now, std::uint32_t request) override;

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  [[nodiscard]] Action break_something(const World& world);
  [[nodiscard]] Action ask_something(const World& world);
  void choose_target(const World& world, Action& action);
  void choose_change(const World& world, Action& action);
  void choose_new_member(const World& world, Action& action);
  [[nodiscard]] MemberNumber any_member(const World& world);
  [[nodiscard]] ActionKind any_kind();
  [[nodiscard]] Duration around(Duration mean);
  [[nodiscard]] std::uint64_t any_mask(const World& world);

  Rates rates_;
  Random random_;
  std::uint64_t total_weight_ = 0;
  TimePoint next_break_;
  std::vector<TimePoint> next_asks_;                          // by client; max() while it waits for an answer
  std::unordered_map<std::uint32_t, std::size_t> client_of_;  // by request
  std::size_t taken_ = nobody;                                // the client whose request was taken last
};

}  // namespace consensus::simulator
