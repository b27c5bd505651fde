// What is broken how often, by the name of a profile and the seed.
#include <algorithm>
#include <array>

#include "consensus/simulator/random.hpp"
#include "consensus/simulator/simulation.hpp"

namespace consensus::simulator {
namespace {

using namespace std::chrono_literals;

unsigned& weight(Rates& rates, ActionKind kind) {
  return rates.weights[static_cast<std::size_t>(kind)];
}

void break_network(Rates& rates) {
  rates.drop = 20;
  rates.duplicate = 20;
  rates.delay = 200;
  weight(rates, ActionKind::isolate) = 6;
  weight(rates, ActionKind::cut) = 4;
  weight(rates, ActionKind::bridge) = 3;
  weight(rates, ActionKind::replay) = 4;
  weight(rates, ActionKind::lose_peer) = 2;
}

void break_processes(Rates& rates) {
  weight(rates, ActionKind::crash) = 8;
  weight(rates, ActionKind::pause) = 4;
  weight(rates, ActionKind::transfer) = 3;
  weight(rates, ActionKind::campaign) = 1;
  weight(rates, ActionKind::forget_leader) = 1;
}

void break_disks(Rates& rates) {
  rates.slow_write = 50;
  rates.slow_apply = 50;
  rates.break_snapshot = 200;
  weight(rates, ActionKind::crash) = std::max(weight(rates, ActionKind::crash), 8U);
  weight(rates, ActionKind::stall_disk) = 2;
  weight(rates, ActionKind::fill_disk) = 2;
  weight(rates, ActionKind::lie) = 8;
}

void break_clocks(Rates& rates) {
  weight(rates, ActionKind::skew) = 6;
  weight(rates, ActionKind::pause) = 6;
}

void change_members(Rates& rates) {
  weight(rates, ActionKind::change) = 12;
  weight(rates, ActionKind::wipe) = 1;
}

void keep_random_half(Rates& rates, Random& random) {
  for (unsigned* chance :
       {&rates.drop, &rates.duplicate, &rates.delay, &rates.slow_write, &rates.slow_apply, &rates.break_snapshot}) {
    *chance = random.chance(500) ? 0 : static_cast<unsigned>(*chance * random.between(1, 20) / 5);
  }
  for (unsigned& one : rates.weights) {
    one = random.chance(500) ? 0 : one * static_cast<unsigned>(random.between(1, 4));
  }
  rates.action_interval = std::chrono::milliseconds(random.between(4, 80));
  rates.clients = random.between(1, 8);
  rates.think_time = std::chrono::microseconds(random.between(200, 20'000));
  rates.longest_delay = std::chrono::microseconds(random.between(500, 60'000));
}

// Thresholds so small that everything happens within a short run.
void shrink_limits(Setup& setup, Random& random) {
  CoreOptions& core = setup.core;
  core.election_timeout = 100ms;
  core.heartbeat_interval = 20ms;
  core.max_request_entries = random.between(1, 16);
  core.max_request_bytes = random.between(32, 1024);
  core.max_inflight_requests = random.between(1, 8);
  core.max_inflight_bytes = random.between(64, 4096);
  core.max_uncommitted_bytes = random.between(100, 100'000);
  core.max_cached_bytes = random.between(0, 2048);
  core.snapshot_after_entries = random.between(2, 100);
  core.trailing_entries = random.between(0, 30);
}

void vary(Setup& setup, Random& random) {
  // Without either, members that hear nothing drive the others' terms up for ever.
  const std::uint64_t dice = random.below(100);
  setup.core.pre_vote = dice >= 20;
  setup.core.check_quorum = dice < 80;
  setup.network_latency = std::chrono::microseconds(random.between(100, 3000));
  setup.write_latency = std::chrono::microseconds(random.between(50, 4000));
  setup.apply_latency = std::chrono::microseconds(random.between(10, 1000));
  setup.snapshot_latency = std::chrono::microseconds(random.between(500, 20'000));
  setup.step_duration = std::chrono::microseconds(random.between(1, 300));
  constexpr std::array<MemberNumber, 10> sizes{1, 2, 3, 3, 3, 3, 4, 5, 5, 7};
  setup.voters = random.pick(sizes);
}

bool choose_faults(Rates& rates, std::string_view profile) {
  const bool all = profile == "chaos" || profile == "swarm";
  if (all || profile == "network") break_network(rates);
  if (all || profile == "crash") break_processes(rates);
  if (all || profile == "storage") break_disks(rates);
  if (all || profile == "clock") break_clocks(rates);
  if (all || profile == "membership") change_members(rates);
  const auto& names = profile_names();
  return std::find(names.begin(), names.end(), profile) != names.end();
}

}  // namespace

const std::vector<std::string_view>& profile_names() {
  static const std::vector<std::string_view> names{"calm",  "network",    "crash", "storage",
                                                   "clock", "membership", "chaos", "swarm"};
  return names;
}

Result<Plan> make_plan(std::string_view profile, std::uint64_t seed) {
  Plan plan{.seed = seed};
  Random random(mix(seed, 3));
  if (!choose_faults(plan.rates, profile)) {
    return make_error(Errc::invalid_argument, "there is no profile " + std::string(profile));
  }
  plan.setup.seed = seed;
  const bool may_stay_down = random.chance(300) && profile != "calm";
  plan.setup.stays_down = may_stay_down ? static_cast<MemberNumber>(random.between(1, 5)) : 0;
  plan.setup.durable_state_machine = random.chance(300) ? 1 : 0;
  shrink_limits(plan.setup, random);
  if (profile == "swarm") {
    keep_random_half(plan.rates, random);
    vary(plan.setup, random);
  }
  Random notice(mix(seed, 5));  // of its own, so that the seeds that were known before mean what they did
  plan.setup.core.commit_notice_delay = std::chrono::microseconds(notice.chance(500) ? 0 : notice.between(1, 10'000));
  return plan;
}

}  // namespace consensus::simulator
