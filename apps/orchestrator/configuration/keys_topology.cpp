// Keys of connections to the topologies, discovery, host names, attributes and limits.
#include "configuration/field.hpp"

namespace orchestrator::key_table {
namespace {

template <auto M>
constexpr Field topology = field<&Configuration::topology, M>;
constexpr Key connection_keys[] = {
    Key{"MySQLTopologyUser", topology<&TopologyConnectionSettings::user>, "Account on the servers of the topologies."},
    Key{"MySQLTopologyPassword", topology<&TopologyConnectionSettings::password>,
        "Its password; \"${NAME}\" takes it from the environment."},
    Key{"MySQLTopologyCredentialsConfigFile", topology<&TopologyConnectionSettings::credentials_file>,
        "File with user and password in a [client] section; they replace the two keys above."},
    Key{"MySQLTopologySSLPrivateKeyFile", topology<&TopologyConnectionSettings::ssl_private_key_file>,
        "Key of the client certificate, PEM."},
    Key{"MySQLTopologySSLCertFile", topology<&TopologyConnectionSettings::ssl_cert_file>, "Client certificate, PEM."},
    Key{"MySQLTopologySSLCAFile", topology<&TopologyConnectionSettings::ssl_ca_file>,
        "Authorities that the servers' certificates are checked against, PEM."},
    Key{"MySQLTopologySSLSkipVerify", topology<&TopologyConnectionSettings::ssl_skip_verify>,
        "Do not check the servers' certificates."},
    Key{"MySQLTopologyUseMutualTLS", topology<&TopologyConnectionSettings::use_mutual_tls>,
        "Always connect with TLS and the client certificate."},
    Key{"MySQLTopologyUseMixedTLS", topology<&TopologyConnectionSettings::use_mixed_tls>,
        "Connect plainly, and with TLS to the servers and accounts that demand it."},
    Key{"MySQLTopologyMaxAllowedPacket", topology<&TopologyConnectionSettings::max_allowed_packet>,
        "Largest packet in bytes; -1 is the client's default, 0 asks the server."}
        .range(-1, 1 << 30)
        .without_effect(),
    Key{"TLSCacheTTLFactor", topology<&TopologyConnectionSettings::tls_cache_ttl_factor>,
        "For how many poll intervals it is remembered that a server demands TLS."}
        .without_effect(),
    Key{"MySQLConnectTimeoutSeconds", topology<&TopologyConnectionSettings::connect_timeout>,
        "Longest wait for a connection."}
        .range(1, 3600),
    Key{"MySQLDiscoveryReadTimeoutSeconds", topology<&TopologyConnectionSettings::discovery_read_timeout>,
        "Longest wait for an answer to a probe."}
        .range(1, 3600),
    Key{"MySQLTopologyReadTimeoutSeconds", topology<&TopologyConnectionSettings::read_timeout>,
        "Longest wait for an answer to any other statement."}
        .without_effect(),
    Key{"MySQLConnectionLifetimeSeconds", topology<&TopologyConnectionSettings::connection_lifetime>,
        "Age at which a connection is replaced; 0 is never."}
        .without_effect(),
    Key{"DefaultInstancePort", topology<&TopologyConnectionSettings::default_instance_port>,
        "Port of an instance that is named without one."},
};

template <auto M>
constexpr Field discovery = field<&Configuration::discovery, M>;
constexpr Key discovery_keys[] = {
    Key{"InstancePollSeconds", discovery<&DiscoverySettings::poll_interval>,
        "Time between two probes of an instance. The former default was 5."}
        .range(1, 86400),
    Key{"DeadInstancePollSecondsMultiplyFactor", discovery<&DiscoverySettings::dead_poll_multiply_factor>,
        "By how much the interval grows with each failed probe; 1 keeps it."}
        .range(1, 1000),
    Key{"DeadInstancePollSecondsMax", discovery<&DiscoverySettings::dead_poll_max>,
        "Longest interval between probes of an instance that does not answer."}
        .range(1, 86400),
    Key{"DeadInstanceDiscoveryMaxConcurrency", discovery<&DiscoverySettings::dead_max_concurrency>,
        "Probes of dead instances at once; 0 is 100. They never delay others here."},
    Key{"DeadInstanceDiscoveryLogsEnabled", discovery<&DiscoverySettings::dead_logs_enabled>,
        "Log each failed probe of a dead instance."}
        .without_effect(),
    Key{"ReasonableInstanceCheckSeconds", discovery<&DiscoverySettings::reasonable_check_age>,
        "By how much a probe may be late before the instance counts as not recently checked."},
    Key{"InstanceWriteBufferSize", discovery<&DiscoverySettings::write_buffer_size>,
        "Instances written to the state database together."}
        .range(-1, 1000000)
        .without_effect(),
    Key{"BufferInstanceWrites", discovery<&DiscoverySettings::buffer_writes>,
        "Write instances to the state database in batches; always done here."}
        .without_effect(),
    Key{"InstanceFlushIntervalMilliseconds", discovery<&DiscoverySettings::flush_interval>,
        "Longest wait of an instance for its batch."}
        .without_effect(),
    Key{"SkipMaxScaleCheck", discovery<&DiscoverySettings::skip_maxscale_check>,
        "Ask only those for being a MaxScale binlog server that greet as one; false asks each instance when "
        "connecting."},
    Key{"DiscoverByShowSlaveHosts", discovery<&DiscoverySettings::by_show_replica_hosts>,
        "Find replicas through SHOW REPLICAS (SHOW SLAVE HOSTS) as well as through the process list. The former "
        "default was false."},
    Key{"UnseenInstanceForgetHours", discovery<&DiscoverySettings::unseen_forget>,
        "Age at which an instance that was not seen is forgotten."}
        .range(1, 876600),
    Key{"SnapshotTopologiesIntervalHours", discovery<&DiscoverySettings::snapshot_interval>,
        "Time between two kept copies of the topologies; 0 is never."}
        .without_effect(),
    Key{"DiscoveryMaxConcurrency", discovery<&DiscoverySettings::max_concurrency>, "Probes at once."}.range(1, 100000),
    Key{"DiscoveryQueueCapacity", discovery<&DiscoverySettings::queue_capacity>, "Instances waiting for a probe."}
        .without_effect(),
    Key{"DiscoveryQueueMaxStatisticsSize", discovery<&DiscoverySettings::queue_max_statistics_size>,
        "Seconds of queue statistics kept."}
        .without_effect(),
    Key{"DiscoveryCollectionRetentionSeconds", discovery<&DiscoverySettings::metrics_retention>,
        "How long the metrics of each probe are kept."},
    Key{"DiscoverySeeds", discovery<&DiscoverySettings::seeds>,
        "Instances, as host or host:port, to discover at start."},
    Key{"DiscoveryIgnoreReplicaHostnameFilters", discovery<&DiscoverySettings::ignore_replica_hostname_filters>,
        "Replicas, as host:port, that are not discovered through their master."},
    Key{"DiscoveryIgnoreMasterHostnameFilters", discovery<&DiscoverySettings::ignore_master_hostname_filters>,
        "Masters, as host:port, that are not discovered through their replica."},
    Key{"DiscoveryIgnoreHostnameFilters", discovery<&DiscoverySettings::ignore_hostname_filters>,
        "Instances, as host:port, that are not discovered at all."},
    Key{"DiscoveryIgnoreReplicationUsernameFilters", discovery<&DiscoverySettings::ignore_replication_user_filters>,
        "Replicas that replicate with such an account are not discovered."},
    Key{"EnableDiscoveryFiltersLogs", discovery<&DiscoverySettings::filter_logs_enabled>,
        "Log what the filters left out."},
    Key{"InstanceBulkOperationsWaitTimeoutSeconds", discovery<&DiscoverySettings::bulk_operations_wait>,
        "Longest wait for each instance when many are stopped together."}
        .without_effect(),
    Key{"MaxConcurrentReplicaOperations", discovery<&DiscoverySettings::max_concurrent_replica_operations>,
        "Replicas moved at once."}
        .without_effect(),
    Key{"UseSuperReadOnly", discovery<&DiscoverySettings::use_super_read_only>,
        "Set super_read_only together with read_only."}
        .without_effect(),
    Key{"LowerReplicaVersionAllowed", discovery<&DiscoverySettings::lower_replica_version_allowed>,
        "Allow a replica of an older version than its master."}
        .without_effect(),
};

template <auto M>
constexpr Field hostnames = field<&Configuration::hostnames, M>;
constexpr Key hostname_keys[] = {
    Key{"HostnameResolveMethod", hostnames<&HostnameSettings::method>,
        "What a host name is turned into: none and default keep it, cname its canonical name, ip its address."},
    Key{"MySQLHostnameResolveMethod", hostnames<&HostnameSettings::mysql_method>,
        "Which name a server gives itself is believed."},
    Key{"SkipBinlogServerUnresolveCheck", hostnames<&HostnameSettings::skip_binlog_server_unresolve_check>,
        "Do not check that an unresolved binlog server resolves back."}
        .without_effect(),
    Key{"ExpiryHostnameResolvesMinutes", hostnames<&HostnameSettings::resolve_expiry>,
        "How long a resolved name is kept."},
    Key{"RejectHostnameResolvePattern", hostnames<&HostnameSettings::reject_pattern>,
        "Resolved names that are not accepted."},
};

template <auto M>
constexpr Field attributes = field<&Configuration::attributes, M>;
constexpr Key attribute_keys[] = {
    Key{"SlaveLagQuery", attributes<&AttributeSettings::replication_lag_query>, "Another name of ReplicationLagQuery."}
        .same_as("ReplicationLagQuery"),
    Key{"ReplicationLagQuery", attributes<&AttributeSettings::replication_lag_query>,
        "Query that gives the replication lag in seconds, from a heartbeat table for example."},
    Key{"ReplicationCredentialsQuery", attributes<&AttributeSettings::replication_credentials_query>,
        "Query that gives user and password of replication, and optionally CA, certificate and key."}
        .without_effect(),
    Key{"ClusterNameToAlias", attributes<&AttributeSettings::cluster_name_to_alias>,
        "Alias of the clusters whose name matches; the first match in the order of the file counts."},
    Key{"DetectClusterAliasQuery", attributes<&AttributeSettings::cluster_alias_query>,
        "Query that gives the cluster's alias, run on its master."},
    Key{"DetectClusterDomainQuery", attributes<&AttributeSettings::cluster_domain_query>,
        "Query that gives the cluster's domain name, run on its master."},
    Key{"DetectInstanceAliasQuery", attributes<&AttributeSettings::instance_alias_query>,
        "Query that gives the instance's alias."},
    Key{"DetectPromotionRuleQuery", attributes<&AttributeSettings::promotion_rule_query>,
        "Query that gives prefer, neutral, prefer_not or must_not."},
    Key{"DataCenterPattern", attributes<&AttributeSettings::data_center_pattern>,
        "Its first group in the host name is the data center."},
    Key{"RegionPattern", attributes<&AttributeSettings::region_pattern>,
        "Its first group in the host name is the region."},
    Key{"PhysicalEnvironmentPattern", attributes<&AttributeSettings::physical_environment_pattern>,
        "Its first group in the host name is the environment."},
    Key{"DetectDataCenterQuery", attributes<&AttributeSettings::data_center_query>,
        "Query that gives the data center; preferred to the pattern."},
    Key{"DetectRegionQuery", attributes<&AttributeSettings::region_query>,
        "Query that gives the region; preferred to the pattern."},
    Key{"DetectPhysicalEnvironmentQuery", attributes<&AttributeSettings::physical_environment_query>,
        "Query that gives the environment; preferred to the pattern."},
    Key{"DetectSemiSyncEnforcedQuery", attributes<&AttributeSettings::semi_sync_enforced_query>,
        "Query that gives the instance's priority as a semi-sync replica; 0 is none."},
};

template <auto M>
constexpr Field maintenance = field<&Configuration::maintenance, M>;
constexpr Key maintenance_keys[] = {
    Key{"ReasonableReplicationLagSeconds", maintenance<&MaintenanceSettings::reasonable_replication_lag>,
        "Lag above which a replica is a problem."},
    Key{"ReasonableMaintenanceReplicationLagSeconds",
        maintenance<&MaintenanceSettings::reasonable_maintenance_replication_lag>,
        "Lag above which a replica is not moved."}
        .without_effect(),
    Key{"VerifyReplicationFilters", maintenance<&MaintenanceSettings::verify_replication_filters>,
        "Demand equal replication filters of a replica and its new master."}
        .without_effect(),
    Key{"CandidateInstanceExpireMinutes", maintenance<&MaintenanceSettings::candidate_instance_expiry>,
        "How long a registered promotion rule lasts."},
    Key{"SupportFuzzyPoolHostnames", maintenance<&MaintenanceSettings::support_fuzzy_pool_hostnames>,
        "Accept parts of host names when a pool is submitted."},
    Key{"InstancePoolExpiryMinutes", maintenance<&MaintenanceSettings::instance_pool_expiry>,
        "How long a submitted pool lasts."},
    Key{"OSCIgnoreHostnameFilters", maintenance<&MaintenanceSettings::osc_ignore_hostname_filters>,
        "Replicas that schema change tools need not watch."},
};

}  // namespace

std::vector<Section> topology_sections() {
  return {{"Connections to the topologies", connection_keys},
          {"Discovery", discovery_keys},
          {"Host names", hostname_keys},
          {"Attributes of instances and clusters", attribute_keys},
          {"Lag, maintenance, pools", maintenance_keys}};
}

}  // namespace orchestrator::key_table
