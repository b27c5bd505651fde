// Settings of what is known of the topologies: connections, discovery, host names, attributes, limits.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "configuration/pattern.hpp"
#include "configuration/secret.hpp"

namespace orchestrator {

struct TopologyConnectionSettings {
  std::string user;
  Secret password;
  std::string credentials_file;
  std::string ssl_private_key_file;
  std::string ssl_cert_file;
  std::string ssl_ca_file;
  bool ssl_skip_verify = false;
  bool use_mutual_tls = false;
  bool use_mixed_tls = true;
  int max_allowed_packet = -1;
  int tls_cache_ttl_factor = 100;
  std::chrono::seconds connect_timeout{2};
  std::chrono::seconds discovery_read_timeout{10};
  std::chrono::seconds read_timeout{600};
  std::chrono::seconds connection_lifetime{0};  // zero: no limit
  std::uint16_t default_instance_port = 3306;
};

struct DiscoverySettings {
  std::chrono::seconds poll_interval{1};
  double dead_poll_multiply_factor = 1.5;
  std::chrono::seconds dead_poll_max{30};
  int dead_max_concurrency = 0;
  bool dead_logs_enabled = false;
  std::chrono::seconds reasonable_check_age{1};
  int write_buffer_size = 100;
  bool buffer_writes = false;
  std::chrono::milliseconds flush_interval{100};
  bool skip_maxscale_check = true;
  bool by_show_replica_hosts = true;
  std::chrono::hours unseen_forget{240};
  std::chrono::hours snapshot_interval{0};
  int max_concurrency = 300;
  int queue_capacity = 100000;
  int queue_max_statistics_size = 120;
  std::chrono::seconds metrics_retention{120};
  std::vector<std::string> seeds;
  std::vector<Pattern> ignore_replica_hostname_filters;
  std::vector<Pattern> ignore_master_hostname_filters;
  std::vector<Pattern> ignore_hostname_filters;
  std::vector<Pattern> ignore_replication_user_filters;
  bool filter_logs_enabled = true;
  std::chrono::seconds bulk_operations_wait{10};
  int max_concurrent_replica_operations = 5;
  bool use_super_read_only = false;
  bool lower_replica_version_allowed = false;
};

enum class HostnameResolveMethod {
  none,
  system,  // "default": the name as given, resolved by the system when connecting
  cname,
  ip,
};

enum class MySqlHostnameResolveMethod {
  none,
  hostname,     // @@hostname
  report_host,  // @@report_host
};

struct HostnameSettings {
  HostnameResolveMethod method = HostnameResolveMethod::system;
  MySqlHostnameResolveMethod mysql_method = MySqlHostnameResolveMethod::hostname;
  bool skip_binlog_server_unresolve_check = true;
  std::chrono::minutes resolve_expiry{60};
  std::optional<Pattern> reject_pattern;
};

// Which alias a cluster has whose name the pattern matches, in the order of the file.
using ClusterAliases = std::vector<std::pair<Pattern, std::string>>;

// Each query gives one row with one column; an empty one is not run.
struct AttributeSettings {
  std::string replication_lag_query;
  std::string replication_credentials_query;
  ClusterAliases cluster_name_to_alias;
  std::string cluster_alias_query;
  std::string cluster_domain_query;
  std::string instance_alias_query;
  std::string promotion_rule_query;
  std::optional<Pattern> data_center_pattern;
  std::optional<Pattern> region_pattern;
  std::optional<Pattern> physical_environment_pattern;
  std::string data_center_query;
  std::string region_query;
  std::string physical_environment_query;
  std::string semi_sync_enforced_query;
};

struct MaintenanceSettings {
  std::chrono::seconds reasonable_replication_lag{10};
  std::chrono::seconds reasonable_maintenance_replication_lag{20};
  bool verify_replication_filters = false;
  std::chrono::minutes candidate_instance_expiry{60};
  bool support_fuzzy_pool_hostnames = true;
  std::chrono::minutes instance_pool_expiry{60};
  std::vector<Pattern> osc_ignore_hostname_filters;
};

struct PseudoGtidSettings {
  bool automatic = false;
  std::string pattern;
  bool pattern_is_fixed_substring = false;
  std::string monotonic_hint;
  std::string detect_query;
  int binlog_events_chunk_size = 10000;
  std::vector<std::string> skip_binlog_events_containing;
};

}  // namespace orchestrator
