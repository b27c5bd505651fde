// The state of a discovery: its instances, their other names, and the picture made of them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

#include "discovery/fleet_entry.hpp"
#include "discovery/name_resolver.hpp"
#include "discovery/places.hpp"
#include "topology/discovery.hpp"

namespace topology {

using FleetEntryPtr = std::shared_ptr<FleetEntry>;
using ObservationResult = Result<std::shared_ptr<const Observation>>;

// What is behind Discovery; see there for threads and contracts. Coroutines that outlive a call hold the fleet
// themselves. fleet_polling.cpp probes, fleet_names.cpp keeps names, fleet_requests.cpp answers users,
// fleet_picture.cpp makes the picture and cleans up.
class Fleet : public std::enable_shared_from_this<Fleet> {
 public:
  Fleet(boost::asio::any_io_executor executor, DiscoveryPolicy policy,
        std::shared_ptr<const mysql::ProbeSettings> settings, DiscoveryEvents events)
      : executor_(executor),
        policy_(std::move(policy)),
        settings_(std::move(settings)),
        events_(std::move(events)),
        resolver_(executor),
        places_(executor, policy_.max_concurrent_probes),
        dead_places_(executor, policy_.max_concurrent_dead_probes),
        sweep_timer_(executor) {}

  void start();
  void stop();
  void restore(DiscoveryMemory memory);
  void reconfigure(DiscoveryPolicy policy, std::shared_ptr<const mysql::ProbeSettings> settings);

  boost::asio::awaitable<ObservationResult> discover(InstanceKey key);
  boost::asio::awaitable<ObservationResult> refresh(InstanceKey key);
  void discover_later(InstanceKey key);
  FleetEntryPtr know(const InstanceKey& key);
  bool forget(const InstanceKey& key);
  std::size_t forget_cluster(const ClusterId& id);

  boost::asio::awaitable<Result<InstanceKey>> resolve(InstanceKey key, NameAsker asker);
  InstanceKey resolved(const InstanceKey& key) const;
  void set_alias_overrides(std::unordered_map<ClusterId, std::string> aliases);
  std::shared_ptr<const Topology> topology();
  FleetEntryPtr find(const InstanceKey& key) const;

  std::vector<ProbeSample> samples(std::chrono::seconds last) const;
  std::size_t active() const noexcept { return places_.taken() + dead_places_.taken(); }
  std::size_t waiting() const noexcept { return places_.waiting() + dead_places_.waiting(); }

 private:
  static boost::asio::awaitable<void> poll(std::shared_ptr<Fleet> self, FleetEntryPtr entry);
  static boost::asio::awaitable<void> sweep(std::shared_ptr<Fleet> self);
  boost::asio::awaitable<void> turn_of(FleetEntryPtr entry);
  boost::asio::awaitable<void> probe(FleetEntryPtr entry);
  boost::asio::awaitable<void> absorb(FleetEntryPtr entry, mysql::ProbeOutcome outcome, SystemTime started);
  static boost::asio::awaitable<void> take_name(std::shared_ptr<Fleet> self, FleetEntryPtr entry,
                                                std::shared_ptr<const Instance> instance, InstanceKey name);
  boost::asio::awaitable<InstanceKey> better_name(FleetEntryPtr entry, std::shared_ptr<const Instance> instance);
  void take_other_name(const InstanceKey& name, const Observation& seen);
  void rename(const FleetEntryPtr& entry, const InstanceKey& name);
  boost::asio::awaitable<std::shared_ptr<const Instance>> with_fleet_names(std::shared_ptr<const Instance> instance);
  boost::asio::awaitable<ObservationResult> fresh_look(FleetEntryPtr entry);

  [[nodiscard]] std::unique_ptr<mysql::InstanceProber> make_prober(const InstanceKey& key) const;
  FleetEntryPtr add_entry(const InstanceKey& key, std::unique_ptr<mysql::InstanceProber> prober);
  void probe_soon(FleetEntry& entry);
  void retire(const FleetEntryPtr& entry);
  void follow(const Instance& instance);
  void hear_of(const InstanceKey& key);
  void record_sample(const FleetEntry& entry, const mysql::ProbeOutcome& outcome, SystemTime started);
  void sweep_once();
  TopologyInputs inputs() const;
  void remember_clusters(const Topology& topology);
  double jitter() { return std::uniform_real_distribution<>(0.0, 1.0)(random_); }

  boost::asio::any_io_executor executor_;
  DiscoveryPolicy policy_;
  std::shared_ptr<const mysql::ProbeSettings> settings_;
  DiscoveryEvents events_;
  NameResolver resolver_;
  Places places_;
  Places dead_places_;
  boost::asio::steady_timer sweep_timer_;
  bool stopped_ = false;

  std::unordered_map<InstanceKey, FleetEntryPtr> entries_;
  std::unordered_map<InstanceKey, InstanceKey> names_;  // other names of known servers
  std::unordered_map<InstanceKey, std::chrono::steady_clock::time_point> forgotten_until_;
  std::deque<ProbeSample> samples_;
  std::minstd_rand random_{std::random_device{}()};

  std::shared_ptr<const Topology> topology_ = std::make_shared<const Topology>();
  bool picture_is_old_ = false;
  std::unordered_map<InstanceKey, ClusterId> cluster_ids_;
  std::unordered_map<ClusterId, std::string> aliases_;
  std::unordered_map<ClusterId, std::string> alias_overrides_;
  std::unordered_map<ClusterId, std::string> domains_;
};

}  // namespace topology
