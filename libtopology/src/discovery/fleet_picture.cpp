// The picture of a fleet, what it remembers, and what it forgets by itself.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <set>
#include <utility>

#include "discovery/fleet.hpp"
#include "discovery/timer_end.hpp"

namespace topology {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

constexpr std::chrono::minutes sweep_interval{1};
// An instance that was only heard of, never reached, is dropped when nobody has named it for so many poll intervals.
constexpr int unheard_polls = 60;

std::string random_hex_id() {
  static thread_local std::random_device device;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id(16, '0');
  for (auto& digit : id) {
    digit = digits[device() % digits.size()];
  }
  return id;
}

}  // namespace

TopologyInputs Fleet::inputs() const {
  std::set<InstanceKey> masters;
  for (const auto& [key, entry] : entries_) {
    if (entry->measured()) {
      const auto found = neighbours_of(*entry->observation->instance);
      masters.insert(found.masters.begin(), found.masters.end());
    }
  }
  TopologyInputs inputs;
  for (const auto& [key, entry] : entries_) {
    if (entry->measured() || masters.contains(key)) {
      inputs.observations.push_back(entry->observation);
    }
  }
  inputs.cluster_ids = cluster_ids_;
  inputs.alias_overrides = alias_overrides_;
  inputs.aliases = aliases_;
  inputs.domains = domains_;
  inputs.alias_of_name = policy_.alias_of_name;
  inputs.new_cluster_id = random_hex_id;
  return inputs;
}

void Fleet::remember_clusters(const Topology& topology) {
  for (const auto& node : topology.nodes()) {
    cluster_ids_[node.key()] = topology.cluster_of(node).id;
  }
  for (const auto& cluster : topology.clusters()) {
    // An alias that was set by hand is not remembered: it must not outlive being taken away.
    if (cluster.alias != cluster.name && !alias_overrides_.contains(cluster.id)) {
      aliases_[cluster.id] = cluster.alias;
    }
    if (!cluster.domain.empty()) {
      domains_[cluster.id] = cluster.domain;
    }
  }
}

void Fleet::set_alias_overrides(std::unordered_map<ClusterId, std::string> aliases) {
  if (aliases != alias_overrides_) {
    alias_overrides_ = std::move(aliases);
    picture_is_old_ = true;
  }
}

std::shared_ptr<const Topology> Fleet::topology() {
  if (picture_is_old_) {
    topology_ = std::make_shared<const Topology>(Topology::build(inputs()));
    picture_is_old_ = false;
    remember_clusters(*topology_);
  }
  return topology_;
}

void Fleet::start() {
  asio::co_spawn(executor_, sweep(shared_from_this()), asio::detached);
}

void Fleet::restore(DiscoveryMemory memory) {
  cluster_ids_ = std::move(memory.cluster_ids);
  aliases_ = std::move(memory.aliases);
  domains_ = std::move(memory.domains);
  alias_overrides_ = std::move(memory.alias_overrides);
  for (auto& remembered : memory.observations) {
    if (!remembered.key.is_valid() || policy_.ignore(remembered.key)) {
      continue;
    }
    const auto entry = know(remembered.key);
    remembered.check.last_check_valid = false;
    entry->observation = std::make_shared<const Observation>(std::move(remembered));
  }
  picture_is_old_ = true;
}

void Fleet::reconfigure(DiscoveryPolicy policy, std::shared_ptr<const mysql::ProbeSettings> settings) {
  policy_ = std::move(policy);
  settings_ = std::move(settings);
  places_.resize(policy_.max_concurrent_probes);
  dead_places_.resize(policy_.max_concurrent_dead_probes);
  resolver_.expire();
  for (const auto& [key, entry] : entries_) {
    entry->prober->set_settings(settings_);
    entry->better_name_tried = {};
    if (policy_.probing == Probing::continuous) {
      probe_soon(*entry);
    }
  }
  picture_is_old_ = true;
}

asio::awaitable<void> Fleet::sweep(std::shared_ptr<Fleet> self) {
  while (!self->stopped_) {
    self->sweep_timer_.expires_after(sweep_interval);
    co_await timer_end(self->sweep_timer_);
    if (!self->stopped_) {
      self->sweep_once();
    }
  }
}

void Fleet::sweep_once() {
  const auto now = steady_clock::now();
  const auto unseen_since = system_clock::now() - policy_.forget_unseen_after;
  const auto unheard_since = now - unheard_polls * std::max(policy_.poll_interval, policy_.dead_poll_max);
  std::vector<InstanceKey> gone;
  for (const auto& [key, entry] : entries_) {
    const bool unseen = policy_.forget_unseen_after.count() > 0 && entry->measured() &&
                        entry->observation->check.last_seen < unseen_since;
    const bool unheard = !entry->measured() && !entry->seed && entry->known_since < unheard_since;
    if (unseen || unheard) {
      gone.push_back(key);
    }
  }
  for (const auto& key : gone) {
    forget(key);
  }
  std::erase_if(forgotten_until_, [now](const auto& item) { return item.second < now; });
}

void Fleet::stop() {
  stopped_ = true;
  sweep_timer_.cancel();
  while (!entries_.empty()) {
    retire(entries_.begin()->second);
  }
}

}  // namespace topology
