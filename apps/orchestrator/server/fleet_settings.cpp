// The conversion of settings, key by key.
#include "server/fleet_settings.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestrator {
namespace {

using topology::InstanceKey;

// Legacy filters are matched against "host:port".
std::function<bool(const InstanceKey&)> filter(std::vector<Pattern> patterns) {
  if (patterns.empty()) {
    return [](const InstanceKey&) { return false; };
  }
  return [patterns = std::move(patterns)](const InstanceKey& key) { return any_matches(patterns, key.to_string()); };
}

std::function<std::string(const std::string&)> alias_by_name(ClusterAliases aliases) {
  return [aliases = std::move(aliases)](const std::string& cluster_name) {
    for (const auto& [pattern, alias] : aliases) {
      if (pattern.matches(cluster_name)) {
        return alias;
      }
    }
    return std::string();
  };
}

topology::HostnameResolveMethod resolve_method(HostnameResolveMethod method) {
  switch (method) {
    case HostnameResolveMethod::none:
    case HostnameResolveMethod::system:
      return topology::HostnameResolveMethod::none;
    case HostnameResolveMethod::cname:
      return topology::HostnameResolveMethod::cname;
    case HostnameResolveMethod::ip:
      return topology::HostnameResolveMethod::ip;
  }
  return topology::HostnameResolveMethod::none;
}

topology::ServerNameMethod server_name_method(MySqlHostnameResolveMethod method) {
  switch (method) {
    case MySqlHostnameResolveMethod::none:
      return topology::ServerNameMethod::none;
    case MySqlHostnameResolveMethod::hostname:
      return topology::ServerNameMethod::hostname;
    case MySqlHostnameResolveMethod::report_host:
      return topology::ServerNameMethod::report_host;
  }
  return topology::ServerNameMethod::none;
}

// What the pattern's first group catches in a host name.
topology::mysql::AttributeOfHost attribute_of_host(std::optional<Pattern> pattern) {
  if (!pattern) {
    return topology::mysql::no_attribute;
  }
  return [pattern = std::move(*pattern)](std::string_view hostname) { return pattern.capture(hostname).value_or(""); };
}

topology::mysql::TlsOptions tls_options(const TopologyConnectionSettings& connection) {
  using topology::mysql::TlsMode;
  topology::mysql::TlsOptions tls;
  if (connection.use_mutual_tls) {
    tls.mode = connection.ssl_skip_verify ? TlsMode::required : TlsMode::verify_identity;
  } else {
    tls.mode = connection.use_mixed_tls ? TlsMode::when_demanded : TlsMode::off;
  }
  tls.ca_file = connection.ssl_ca_file;
  tls.certificate_file = connection.ssl_cert_file;
  tls.key_file = connection.ssl_private_key_file;
  return tls;
}

}  // namespace

topology::DiscoveryPolicy discovery_policy(const Configuration& configuration) {
  const auto& discovery = configuration.discovery;
  topology::DiscoveryPolicy policy;
  policy.poll_interval = discovery.poll_interval;
  policy.probe_deadline = configuration.topology.connect_timeout + configuration.topology.discovery_read_timeout;
  policy.dead_poll_factor = discovery.dead_poll_multiply_factor;
  policy.dead_poll_max = discovery.dead_poll_max;
  policy.max_concurrent_probes = static_cast<std::size_t>(std::max(1, discovery.max_concurrency));
  if (discovery.dead_max_concurrency > 0) {
    policy.max_concurrent_dead_probes = static_cast<std::size_t>(discovery.dead_max_concurrency);
  }
  policy.forget_unseen_after = discovery.unseen_forget;
  policy.resolve_method = resolve_method(configuration.hostnames.method);
  policy.server_name_method = server_name_method(configuration.hostnames.mysql_method);
  policy.resolve_cache_lifetime = configuration.hostnames.resolve_expiry;
  policy.ignore = filter(discovery.ignore_hostname_filters);
  policy.ignore_replica = filter(discovery.ignore_replica_hostname_filters);
  policy.ignore_master = filter(discovery.ignore_master_hostname_filters);
  if (configuration.hostnames.reject_pattern) {
    policy.reject_resolved = [pattern = *configuration.hostnames.reject_pattern](const std::string& name) {
      return pattern.matches(name);
    };
  }
  policy.alias_of_name = alias_by_name(configuration.attributes.cluster_name_to_alias);
  return policy;
}

std::shared_ptr<const topology::mysql::ProbeSettings> probe_settings(const Configuration& configuration) {
  const auto& connection = configuration.topology;
  const auto& attributes = configuration.attributes;
  auto settings = std::make_shared<topology::mysql::ProbeSettings>();
  settings->credentials = {connection.user, connection.password.reveal()};
  settings->tls = tls_options(connection);
  settings->connect_timeout = connection.connect_timeout;
  settings->connection_lifetime = connection.connection_lifetime;
  settings->maxscale_check = configuration.discovery.skip_maxscale_check ? topology::mysql::MaxScaleCheck::skip
                                                                         : topology::mysql::MaxScaleCheck::ask;
  settings->replication_credentials = attributes.replication_credentials_query.empty()
                                          ? topology::mysql::ReplicationCredentials::stored_on_server
                                          : topology::mysql::ReplicationCredentials::by_query;
  auto& queries = settings->queries;
  queries.lag = attributes.replication_lag_query;
  queries.data_center = attributes.data_center_query;
  queries.region = attributes.region_query;
  queries.physical_environment = attributes.physical_environment_query;
  queries.instance_alias = attributes.instance_alias_query;
  queries.cluster_alias = attributes.cluster_alias_query;
  queries.cluster_domain = attributes.cluster_domain_query;
  queries.promotion_rule = attributes.promotion_rule_query;
  queries.semi_sync_priority = attributes.semi_sync_enforced_query;
  queries.pseudo_gtid = configuration.pseudo_gtid.detect_query;
  auto& of_host = settings->attributes_of_host;
  of_host.data_center = attribute_of_host(attributes.data_center_pattern);
  of_host.region = attribute_of_host(attributes.region_pattern);
  of_host.physical_environment = attribute_of_host(attributes.physical_environment_pattern);
  settings->ignore_replication_user = [filters = configuration.discovery.ignore_replication_user_filters](
                                          std::string_view user) { return any_matches(filters, user); };
  return settings;
}

}  // namespace orchestrator
