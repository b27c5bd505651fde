// Measures one server again and again over a held connection.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "topology/error.hpp"
#include "topology/instance.hpp"
#include "topology/mysql/connect_options.hpp"
#include "topology/observation.hpp"

namespace topology::mysql {

// Operators' queries of one row and one column; "" is none (legacy Detect*Query and ReplicationLagQuery).
struct DetectionQueries {
  std::string lag;  // seconds
  std::string data_center;
  std::string region;
  std::string physical_environment;
  std::string instance_alias;
  std::string cluster_alias;
  std::string cluster_domain;
  std::string promotion_rule;
  std::string semi_sync_priority;
  std::string pseudo_gtid;
};

// The attribute that the host name of an instance's key tells; "" when it tells none.
using AttributeOfHost = std::function<std::string(std::string_view hostname)>;
inline std::string no_attribute(std::string_view) {
  return {};
}

// What host names say; a query of the same attribute overrides it (legacy DataCenterPattern and the like).
struct AttributesOfHost {
  AttributeOfHost data_center = no_attribute;
  AttributeOfHost region = no_attribute;
  AttributeOfHost physical_environment = no_attribute;
};

enum class ReplicationCredentials {
  stored_on_server,  // available when the server keeps them in a table that the account may read
  by_query,          // ReplicationCredentialsQuery is configured: always available
};

// A MaxScale binlog server passes for no server of MySQL's or MariaDB's; asking costs a round trip per connection. One
// that greets as a MaxScale is asked anyway.
enum class MaxScaleCheck { skip, ask };

// What is the same for all probers; immutable once shared. Its functions must not be empty or throw, and are called on
// the prober's executor.
struct ProbeSettings {
  Credentials credentials;
  TlsOptions tls;
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::seconds connection_lifetime{0};  // 0: unlimited
  MaxScaleCheck maxscale_check = MaxScaleCheck::skip;
  DetectionQueries queries;
  AttributesOfHost attributes_of_host;
  ReplicationCredentials replication_credentials = ReplicationCredentials::stored_on_server;
  // A replica with such a replication user is left out (DiscoveryIgnoreReplicationUsernameFilters).
  std::function<bool(std::string_view user)> ignore_replication_user = [](std::string_view) { return false; };
  // An optional part that failed is tried again, by itself, this much later.
  std::chrono::seconds failed_part_retry{30};
  // Parts that hardly ever change (stored credentials, which system variables exist) are read this often.
  std::chrono::seconds slow_part_interval{60};
};

// How one probe went.
struct ProbeOutcome {
  // The measurement, or why there is none. Its key is the prober's.
  Result<std::shared_ptr<const Instance>> instance;
  bool reached = false;                  // the server answered, even if the measurement did not complete
  bool skipped_by_filter = false;        // ignore_replication_user said so; instance is then an error (canceled)
  std::vector<ProbeWarning> warnings{};  // optional parts without a result, also those waiting for their next try
  std::chrono::nanoseconds latency{0};
  unsigned round_trips = 0;  // statements sent and answered, without connecting
};

// Owns at most one session. Threads: as Session; one probe at a time. Destroying it closes the session; must not happen
// while a probe is suspended (cancel it first and let it end).
//
// A probe uses the held connection, or connects first: when there is none, when it was lost, when it is older than
// connection_lifetime; and once more when a held connection turns out to be dead at its first use. All statements go in
// one round trip. A refused optional one becomes a warning, the statements after it are sent again in the same probe,
// and until failed_part_retry has passed it is left out. Server identity, variables and replication status are not
// optional: without them the probe fails with reached = true, because a replica taken for a master is worse than none.
class InstanceProber {
 public:
  InstanceProber(boost::asio::any_io_executor executor, InstanceKey key, std::shared_ptr<const ProbeSettings> settings);
  InstanceProber(const InstanceProber&) = delete;
  InstanceProber& operator=(const InstanceProber&) = delete;
  ~InstanceProber();

  // Never throws; ends at the deadline at the latest. A cancelled probe ends with Errc::canceled.
  [[nodiscard]] boost::asio::awaitable<ProbeOutcome> probe(Deadline deadline);

  // Called from the executor when the held connection ends while no probe is under way: the server died, was shut down
  // or killed the connection. Stays set over reconnects; called once per lost connection. May start a probe, may not
  // destroy the prober.
  void set_lost_handler(std::function<void()> handler);
  // From the next probe on, which connects anew. Not while a probe is suspended.
  void set_settings(std::shared_ptr<const ProbeSettings> settings);

  // Drops the connection without waiting; the next probe connects again. Not while a probe is suspended.
  void close() noexcept;

  [[nodiscard]] const InstanceKey& key() const noexcept;
  [[nodiscard]] bool is_connected() const noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace topology::mysql
