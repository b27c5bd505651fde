// Cuts and noise between hosts.
#include "node_simulator/host_network.hpp"

#include "consensus/node.hpp"
#include "consensus/simulator/random.hpp"

namespace consensus::simulator {
namespace {

LossyNetworkOptions quiet_network(Duration slowest_message) {
  LossyNetworkOptions options;
  options.min_delay = std::chrono::microseconds(50);
  options.max_delay = slowest_message;
  options.break_delay = std::chrono::milliseconds(100);
  return options;
}

// A node that nobody has met yet is named by its address, "host:move".
std::string host_of(const NodeId& id) {
  const std::string_view name = member_name(id);
  return std::string(name.substr(0, name.find(':')));
}

}  // namespace

HostNetwork::HostNetwork(Runtime& random, Duration slowest_message)
    : quiet_(quiet_network(slowest_message)), lossy_(random, quiet_) {}

void HostNetwork::heal(std::string_view from, std::string_view to) {
  const auto found = cuts_.find({std::string(from), std::string(to)});
  if (found != cuts_.end() && --found->second <= 0) cuts_.erase(found);
}

void HostNetwork::heal_all() {
  cuts_.clear();
}

void HostNetwork::begin_noise(std::uint64_t choice) {
  Random random(mix(choice, 0x6e6f697365));
  LossyNetworkOptions& options = lossy_.options;
  options.lost_per_million = static_cast<std::uint32_t>(random.below(200'000));
  options.doubled_per_million = static_cast<std::uint32_t>(random.below(200'000));
  options.breaks_per_million = static_cast<std::uint32_t>(random.below(100'000));
  options.max_delay = quiet_.max_delay + std::chrono::microseconds(random.below(60'000));
  options.order = random.chance(700) ? LossyNetworkOptions::Order::free : LossyNetworkOptions::Order::kept;
}

void HostNetwork::end_noise() {
  lossy_.options = quiet_;
}

bool HostNetwork::is_cut(const NodeId& from, const NodeId& to) const {
  return !cuts_.empty() && cuts_.contains({host_of(from), host_of(to)});
}

std::vector<TimePoint> HostNetwork::message(const Message& message, TimePoint now) {
  if (is_cut(message.from, message.to)) return {};
  return lossy_.message(message, now);
}

Passage HostNetwork::step(const NodeId& from, const NodeId& to) {
  if (is_cut(from, to)) return {.arrives = false, .delay = lossy_.options.break_delay};
  return lossy_.step(from, to);
}

}  // namespace consensus::simulator
