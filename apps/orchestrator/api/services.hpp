// What the routes need of the rest of the server: small ports, so that tests run the real routes without servers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/annotations.hpp"
#include "api/discovery_metrics.hpp"
#include "api/objects.hpp"
#include "http/router.hpp"
#include "state/answer.hpp"
#include "state/command.hpp"
#include "state/error.hpp"
#include "state/queries.hpp"
#include "topology/problems.hpp"
#include "topology/topology.hpp"

namespace orchestrator::api {

// Discovery as the routes use it; see topology::Discovery for what each call means. Called on the server's executor.
class Fleet {
 public:
  using Probed = topology::Result<std::shared_ptr<const topology::Observation>>;

  virtual ~Fleet() = default;
  virtual boost::asio::awaitable<Probed> discover(topology::InstanceKey key) = 0;
  virtual void discover_later(const topology::InstanceKey& key) = 0;
  virtual boost::asio::awaitable<Probed> refresh(topology::InstanceKey key) = 0;
  // False when it was not known.
  virtual bool forget(const topology::InstanceKey& key) = 0;
  virtual std::size_t forget_cluster(const topology::ClusterId& id) = 0;
  // Ends when all that happened so far is recorded and survives a restart; an error when it cannot be.
  virtual boost::asio::awaitable<topology::Result<void>> recorded() = 0;
  virtual boost::asio::awaitable<topology::Result<topology::InstanceKey>> resolve(topology::InstanceKey key) = 0;
  [[nodiscard]] virtual topology::InstanceKey resolved(const topology::InstanceKey& key) const = 0;
  // Never null.
  [[nodiscard]] virtual std::shared_ptr<const topology::Topology> topology() = 0;
  [[nodiscard]] virtual std::vector<ProbeRecord> probes(std::chrono::seconds last) const = 0;
};

struct SubmittedMasters {
  std::vector<KeyValuePair> pairs;
  std::size_t count = 0;  // what "Submitted N masters" says
  std::string error;      // "" when every store took everything
};

// Writes masters to the key-value stores; of one cluster or of all. Suspends at most for the stores' own deadline.
class MasterSubmission {
 public:
  virtual ~MasterSubmission() = default;
  virtual boost::asio::awaitable<SubmittedMasters> submit(std::shared_ptr<const topology::Topology> topology,
                                                          std::optional<topology::ClusterIndex> cluster) = 0;
};

// What may be done to the group of servers. Each call ends within seconds, with an error if it has not been done.
class GroupControl {
 public:
  template <class T>
  using Outcome = boost::asio::awaitable<topology::Result<T>>;

  virtual ~GroupControl() = default;
  // Hands leadership to the member whose name or address contains the text; "": to any other.
  virtual Outcome<void> yield(std::string to) = 0;
  // The member's complete address.
  virtual Outcome<std::string> add(std::string address) = 0;
  virtual Outcome<std::string> remove(std::string address) = 0;
  virtual Outcome<void> take_snapshot() = 0;
};

// What the group remembers, as the routes use it: commands go to the group, questions to this node's copy.
class Memory {
 public:
  template <class T>
  using Outcome = boost::asio::awaitable<state::Result<T>>;

  virtual ~Memory() = default;
  // All of these commands or none; one answer for each. Once it comes back, annotations() shows what they did.
  // Suspends until the group has applied them, at most for seconds; an error says whether they may be applied yet.
  virtual Outcome<std::vector<state::Answer>> apply(std::vector<state::Command> commands) = 0;
  // Never null.
  [[nodiscard]] virtual AnnotationsPtr annotations() const = 0;
  virtual Outcome<std::vector<state::Audit>> audit(state::AuditQuery query) = 0;
  virtual Outcome<bool> recoveries_disabled() = 0;
};

// Settings that may change while the server runs. The functions must not throw.
struct ApiSettings {
  topology::ViewPolicy view;
  // Beginning of every message, "Orchestrator <id> says: " or "" (PrependMessagesWithOrcIdentity).
  std::string message_prefix;
  std::function<bool(const std::string& hostname)> ignores_problems_of = [](const std::string&) { return false; };
  std::function<bool(const topology::Cluster&)> recovers_master = [](const auto&) { return false; };
  std::function<bool(const topology::Cluster&)> recovers_intermediate_master = [](const auto&) { return false; };
  RecoveryFilters recovery_filters;
  std::uint16_t default_port = topology::default_mysql_port;               // DefaultInstancePort
  std::chrono::minutes candidate_lifetime{60};                             // CandidateInstanceExpireMinutes
  std::chrono::minutes pool_lifetime{60};                                  // InstancePoolExpiryMinutes
  enum class PoolHosts { complete, fuzzy } pool_hosts = PoolHosts::fuzzy;  // SupportFuzzyPoolHostnames
};

// Paths are fixed when the routes are made.
struct ApiPaths {
  std::string url_prefix;                       // "" or "/path"
  std::string status_endpoint = "/api/status";  // StatusEndpoint
  // Who may submit masters, tag instances and take snapshots of topologies; anyone in the legacy interface.
  http::Access submission = http::Access::anyone;
};

// References and functions must outlive the router made from them.
struct ApiServices {
  Fleet& fleet;
  MasterSubmission& masters;
  GroupControl& control;
  Memory& memory;
  const QueueHistory& queue;
  NodeIdentity node;
  std::function<topology::SystemTime()> now = [] { return std::chrono::system_clock::now(); };
  // Never null; asked at each request.
  std::function<std::shared_ptr<const ApiSettings>()> settings = [] { return std::make_shared<const ApiSettings>(); };
  std::function<GroupStatus()> group = [] { return group_of_one("", "", ""); };
  // Why the server is not healthy (its state cannot be written …); "" when it is. Must not block.
  std::function<std::string()> trouble = [] { return std::string(); };
};

}  // namespace orchestrator::api
