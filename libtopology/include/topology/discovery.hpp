// Keeps a live picture of a fleet: probes every known instance again and again, and follows replication to new ones.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "topology/mysql/instance_prober.hpp"
#include "topology/observation.hpp"
#include "topology/topology.hpp"

namespace topology {

// How instance names are turned into the names the fleet is known by.
enum class HostnameResolveMethod { none, cname, ip };

// Which of its own names a server is known by, once it turned out that the name leads to the same server.
enum class ServerNameMethod { none, hostname, report_host };

enum class Probing {
  continuous,  // every instance at its turn
  on_request,  // only what a user asks for
};

struct DiscoveryPolicy {
  Probing probing = Probing::continuous;
  std::chrono::milliseconds poll_interval{1000};  // from the end of one probe to the start of the next, jittered
  std::chrono::milliseconds probe_deadline{10'000};
  // A dead instance is probed after poll_interval * factor^failures, at most after dead_poll_max.
  double dead_poll_factor = 1.5;
  std::chrono::milliseconds dead_poll_max{30'000};
  // Connections being made at a time; dead instances have their own places, so they never delay others.
  std::size_t max_concurrent_probes = 300;
  std::size_t max_concurrent_dead_probes = 100;
  std::chrono::hours forget_unseen_after{240};  // 0: never
  HostnameResolveMethod resolve_method = HostnameResolveMethod::none;
  ServerNameMethod server_name_method = ServerNameMethod::none;
  std::chrono::minutes resolve_cache_lifetime{60};
  // True for an instance that must not be probed: at all, as somebody's replica, as somebody's master.
  std::function<bool(const InstanceKey&)> ignore = [](const InstanceKey&) { return false; };
  std::function<bool(const InstanceKey&)> ignore_replica = [](const InstanceKey&) { return false; };
  std::function<bool(const InstanceKey&)> ignore_master = [](const InstanceKey&) { return false; };
  // True for a resolved name that must not be taken (legacy RejectHostnameResolvePattern).
  std::function<bool(const std::string& hostname)> reject_resolved = [](const std::string&) { return false; };
  // Alias for a cluster name by pattern; "" when none fits.
  std::function<std::string(const std::string& cluster_name)> alias_of_name = [](const std::string&) {
    return std::string();
  };
};

// One probe, as the legacy discovery metrics show it.
struct ProbeSample {
  SystemTime at{};
  InstanceKey key;
  std::chrono::nanoseconds latency{0};
  std::string error;  // "" after a success
};

// Told about changes, on the discovery's executor, before the call that made the change returns. Must not block.
struct DiscoveryEvents {
  // After each probe; before is null the first time.
  std::function<void(const Observation& now, const Observation* before)> on_observed = [](const auto&, const auto*) {};
  std::function<void(const InstanceKey&)> on_forgotten = [](const InstanceKey&) {};
};

// What is known from an earlier run.
struct DiscoveryMemory {
  std::vector<Observation> observations;
  std::unordered_map<InstanceKey, ClusterId> cluster_ids;
  std::unordered_map<ClusterId, std::string> aliases;
  std::unordered_map<ClusterId, std::string> domains;
  std::unordered_map<ClusterId, std::string> alias_overrides;  // see set_alias_overrides()
};

class Fleet;

// Owns one connection and one poll loop for each known instance. Confined to the executor it is made with, which must
// run one handler at a time (a single-threaded io_context or a strand): call every member from there. Probing starts
// with the first discover() or restore() and ends with stop() or the destructor; both close all connections.
//
// Replicas are found through what masters report and masters through what replicas report; each newly found instance
// is probed at once. A lost connection is an event: the instance is probed again at once, not at its next turn.
//
// The picture shows every instance that was measured at least once, and every one that a measured instance replicates
// from, reachable or not.
class Discovery {
 public:
  Discovery(boost::asio::any_io_executor executor, DiscoveryPolicy policy,
            std::shared_ptr<const mysql::ProbeSettings> settings, DiscoveryEvents events);
  ~Discovery();
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

  // Takes up where an earlier run ended: every remembered instance is known at once, and probed.
  void restore(DiscoveryMemory memory);

  // Probes the instance now and registers it; its replicas and master follow in the background. The deadline is the
  // policy's. The answer may have another key: the name that the fleet knows the server by. Errors: those of the probe
  // (an instance that was not known before is then not registered), or Errc::invalid_argument when a filter ignores it.
  boost::asio::awaitable<Result<std::shared_ptr<const Observation>>> discover(InstanceKey key);
  // The same in the background.
  void discover_later(const InstanceKey& key);
  // Registers an instance for good: it is tried again and again until it answers.
  void add_seed(const InstanceKey& key);
  // Probes a known instance now. Errors: as discover(); Errc::invalid_argument for an unknown one.
  boost::asio::awaitable<Result<std::shared_ptr<const Observation>>> refresh(InstanceKey key);

  // Forgets an instance; it is not taken up again for three poll intervals, unless a user discovers it. False when it
  // was not known.
  bool forget(const InstanceKey& key);
  // Forgets all instances of a cluster; the number forgotten.
  std::size_t forget_cluster(const ClusterId& id);

  // The name that the fleet knows an instance by (HostnameResolveMethod, and names that servers gave themselves).
  boost::asio::awaitable<Result<InstanceKey>> resolve(InstanceKey key);
  // The same from what is known already; the key itself when nothing is.
  [[nodiscard]] InstanceKey resolved(const InstanceKey& key) const;

  // The aliases that users set by hand, all of them; they win over every other.
  void set_alias_overrides(std::unordered_map<ClusterId, std::string> aliases);

  // The picture now; built when something changed since the last call. The pointer is never null.
  [[nodiscard]] std::shared_ptr<const Topology> topology();
  [[nodiscard]] std::shared_ptr<const Observation> observation(const InstanceKey& key) const;

  // Probes that ended within the last seconds, oldest first; at most retention seconds are kept.
  [[nodiscard]] std::vector<ProbeSample> samples(std::chrono::seconds last) const;
  // Probes under way, and instances waiting for a place.
  [[nodiscard]] std::size_t active_probes() const noexcept;
  [[nodiscard]] std::size_t waiting_probes() const noexcept;

  // New policy and settings from now on; connections are renewed only where the settings need it.
  void reconfigure(DiscoveryPolicy policy, std::shared_ptr<const mysql::ProbeSettings> settings);
  void stop();

 private:
  std::shared_ptr<Fleet> fleet_;
};

}  // namespace topology
