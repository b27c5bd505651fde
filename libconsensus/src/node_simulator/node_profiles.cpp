// What a seed of a profile means: sizes, limits and faults.
#include <algorithm>
#include <array>
#include <utility>

#include "consensus/simulator/node_simulation.hpp"
#include "consensus/simulator/random.hpp"

namespace consensus::simulator {
namespace {

using namespace std::chrono_literals;

using Weights = std::array<unsigned, node_fault_kinds>;

unsigned& weight(Weights& weights, NodeFaultKind kind) {
  return weights[static_cast<std::size_t>(kind)];
}

void break_network(Weights& weights) {
  weight(weights, NodeFaultKind::noise) = 6;
  weight(weights, NodeFaultKind::isolate) = 5;
  weight(weights, NodeFaultKind::cut) = 4;
}

void break_processes(Weights& weights) {
  weight(weights, NodeFaultKind::pause) = 4;
  weight(weights, NodeFaultKind::kill) = 4;
  weight(weights, NodeFaultKind::power) = 4;
  weight(weights, NodeFaultKind::power_at) = 6;
  weight(weights, NodeFaultKind::blackout) = 1;
  weight(weights, NodeFaultKind::stop) = 3;
  weight(weights, NodeFaultKind::transfer) = 3;
}

void break_disks(Weights& weights) {
  weight(weights, NodeFaultKind::stall_disk) = 3;
  weight(weights, NodeFaultKind::fill_disk) = 3;
  weight(weights, NodeFaultKind::fail_disk) = 3;
  weight(weights, NodeFaultKind::lie) = 4;
  weight(weights, NodeFaultKind::rot) = 6;
  weight(weights, NodeFaultKind::misplace) = 4;
  weight(weights, NodeFaultKind::power) = 4;
  weight(weights, NodeFaultKind::power_at) = 4;
  weight(weights, NodeFaultKind::snapshot) = 3;
}

void change_members(Weights& weights) {
  weight(weights, NodeFaultKind::wipe) = 5;
  weight(weights, NodeFaultKind::remove) = 5;
  weight(weights, NodeFaultKind::add) = 2;
  weight(weights, NodeFaultKind::move) = 3;
  weight(weights, NodeFaultKind::transfer) = 3;
  weight(weights, NodeFaultKind::kill) = 3;
}

// Of a profile; none for an unknown name.
std::optional<Weights> weights_of(std::string_view profile) {
  const auto& names = node_profile_names();
  if (std::find(names.begin(), names.end(), profile) == names.end()) return std::nullopt;
  const bool all = profile == "chaos";
  Weights weights{};
  if (all || profile == "network") break_network(weights);
  if (all || profile == "crash") break_processes(weights);
  if (all || profile == "storage") break_disks(weights);
  if (all || profile == "membership") change_members(weights);
  return weights;
}

NodeFaultKind pick_kind(const Weights& weights, std::uint64_t sum, Random& random) {
  std::uint64_t dice = random.below(sum);
  std::size_t kind = 0;
  while (dice >= weights[kind]) dice -= weights[kind++];
  return static_cast<NodeFaultKind>(kind);
}

std::uint64_t value_of(NodeFaultKind kind, Random& random) {
  if (kind == NodeFaultKind::power_at) return random.below(12);
  if (kind == NodeFaultKind::fill_disk) return random.below(40'000);
  if (kind == NodeFaultKind::isolate) return random.below(64);
  return random.next() >> 32U;
}

Duration duration_of(NodeFaultKind kind, Random& random) {
  if (kind == NodeFaultKind::lie) return std::chrono::milliseconds(random.between(20, 300));
  if (kind == NodeFaultKind::pause) return std::chrono::milliseconds(random.between(20, 900));
  return std::chrono::milliseconds(random.between(20, 700));
}

std::vector<NodeFault> make_faults(const NodePlan& plan, const Weights& weights, Random& random) {
  std::uint64_t sum = 0;
  for (const unsigned one : weights) sum += one;
  std::vector<NodeFault> faults;
  if (sum == 0) return faults;
  const auto interval = random.between(40, 300);
  for (TimePoint at{}; at < TimePoint(plan.length);
       at += std::chrono::microseconds(random.between(1, 2'000 * interval))) {
    NodeFault fault;
    fault.number = static_cast<std::uint32_t>(faults.size() + 1);
    fault.at = at;
    fault.kind = pick_kind(weights, sum, random);
    fault.node = static_cast<MemberNumber>(random.below(plan.hosts + 2));
    fault.other = static_cast<MemberNumber>(random.between(1, plan.hosts + 1));
    fault.value = value_of(fault.kind, random);
    fault.duration = duration_of(fault.kind, random);
    faults.push_back(fault);
  }
  return faults;
}

// So small that everything happens within a short run.
void shrink_limits(CoreOptions& core, Random& random) {
  core.election_timeout = 150ms;
  core.heartbeat_interval = 30ms;
  core.max_request_entries = random.between(1, 32);
  core.max_request_bytes = random.between(64, 4096);
  core.max_inflight_requests = random.between(1, 8);
  core.max_cached_bytes = random.between(0, 4096);
  core.snapshot_after_entries = random.between(5, 100);
  core.trailing_entries = random.between(0, 40);
}

}  // namespace

const std::vector<std::string_view>& node_profile_names() {
  static const std::vector<std::string_view> names{"calm", "network", "crash", "storage", "membership", "chaos"};
  return names;
}

Result<NodePlan> make_node_plan(std::string_view profile, std::uint64_t seed) {
  std::optional<Weights> weights = weights_of(profile);
  if (!weights) return make_error(Errc::invalid_argument, "there is no profile " + std::string(profile));
  NodePlan plan{.seed = seed};
  Random random(mix(seed, 9));
  constexpr std::array<MemberNumber, 5> sizes{3, 3, 3, 4, 5};
  plan.hosts = random.pick(sizes);
  plan.durable_state_machines = random.chance(250) ? 1 : 0;
  plan.clients = random.between(2, 5);
  plan.think_time = std::chrono::milliseconds(random.between(2, 40));
  plan.slowest_message = std::chrono::microseconds(random.between(200, 6'000));
  plan.slowest_write = std::chrono::microseconds(random.between(100, 5'000));
  shrink_limits(plan.core, random);
  if (profile == "chaos") {
    for (unsigned& one : *weights) one = random.chance(400) ? 0 : one;
  }
  plan.faults = make_faults(plan, *weights, random);
  return plan;
}

}  // namespace consensus::simulator
