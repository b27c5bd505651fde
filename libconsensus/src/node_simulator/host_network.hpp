// The network between hosts: LossyNetwork with cuts that outlast the members on the hosts, and noise that comes and
// goes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/memory_transport.hpp"

namespace consensus::simulator {

// Hosts are told apart by the names of the members on them. A direction may be cut more than once at a time.
class HostNetwork final : public NetworkPolicy {
 public:
  HostNetwork(Runtime& random, Duration slowest_message);

  void cut(std::string_view from, std::string_view to) { ++cuts_[{std::string(from), std::string(to)}]; }
  void heal(std::string_view from, std::string_view to);
  void heal_all();
  // `choice` says how much of what.
  void begin_noise(std::uint64_t choice);
  void end_noise();

  [[nodiscard]] std::vector<TimePoint> message(const Message& message, TimePoint now) override;
  [[nodiscard]] Passage step(const NodeId& from, const NodeId& to) override;

 private:
  using Way = std::pair<std::string, std::string>;
  [[nodiscard]] bool is_cut(const NodeId& from, const NodeId& to) const;

  LossyNetworkOptions quiet_;
  LossyNetwork lossy_;
  std::map<Way, int> cuts_;
};

}  // namespace consensus::simulator
