// Decides where a run departs from the usual, by dice or by a list, and writes down where it did.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "consensus/simulator/random.hpp"
#include "consensus/simulator/simulation.hpp"

namespace consensus::simulator {

struct MessageFate {
  bool dropped = false;
  Duration delay{};                   // beyond the usual
  std::optional<Duration> duplicate;  // a second one arrives with this delay
};

class Noise {
 public:
  // By dice.
  Noise(const Rates& rates, std::uint64_t seed) : rates_(rates), random_(seed) {}
  // By a list.
  explicit Noise(const std::vector<Deviation>& deviations);

  [[nodiscard]] MessageFate message(MemberNumber from, MemberNumber to);
  [[nodiscard]] Duration write_delay(MemberNumber node);
  [[nodiscard]] Duration apply_delay(MemberNumber node);
  [[nodiscard]] bool breaks_snapshot(MemberNumber from, MemberNumber to);

  // From now on everything is as usual.
  void stop() noexcept { stopped_ = true; }
  [[nodiscard]] const std::vector<Deviation>& happened() const noexcept { return happened_; }

 private:
  // Counts what it is asked about, and looks the list up.
  std::uint32_t count(DeviationSubject subject, MemberNumber from, MemberNumber to);
  void listed(Deviation& like, std::vector<Deviation>& found) const;
  Duration delay(DeviationSubject subject, MemberNumber node, unsigned chance, Duration longest);
  [[nodiscard]] Duration below(Duration longest) {
    return Duration(1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(longest.count()))));
  }

  Rates rates_;
  Random random_{0};
  bool by_list_ = false;
  bool stopped_ = false;
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
  std::unordered_multimap<std::uint64_t, Deviation> list_;
  std::vector<Deviation> happened_;
};

}  // namespace consensus::simulator
