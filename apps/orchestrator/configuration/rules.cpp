// The rules, one function for each part of the configuration.
#include "configuration/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "configuration/address.hpp"
#include "configuration/key.hpp"

namespace orchestrator {
namespace {

class Rules {
 public:
  explicit Rules(Draft& draft) : draft_(draft), values_(draft.values) {}

  Diagnostics apply() {
    check_http();
    check_api_tls();
    check_authentication();
    check_backend();
    check_topology_connections();
    check_discovery();
    check_recovery();
    check_raft();
    check_key_value_stores();
    derive_pseudo_gtid();
    report_effects();
    return std::move(diagnostics_);
  }

 private:
  [[nodiscard]] bool given(std::string_view key) const { return draft_.origins.contains(key); }

  void report(Severity severity, std::string_view key, std::string message) {
    Diagnostic diagnostic{severity, {}, std::string(key), 0, 0, std::move(message)};
    if (const auto found = draft_.origins.find(key); found != draft_.origins.end()) {
      diagnostic.file = found->second.file;
      diagnostic.line = found->second.line;
      diagnostic.column = found->second.column;
    }
    diagnostics_.push_back(std::move(diagnostic));
  }
  void error(std::string_view key, std::string message) { report(Severity::error, key, std::move(message)); }
  void warning(std::string_view key, std::string message) { report(Severity::warning, key, std::move(message)); }

  void require_address(std::string_view key, const std::string& text, std::uint16_t default_port) {
    if (!text.empty() && !parse_host_port(text, default_port)) {
      error(key, fmt::format("expected host:port, got \"{}\"", text));
    }
  }

  void check_http() {
    auto& http = values_.http;
    if (!parse_listen_address(http.listen_address)) {
      error("ListenAddress",
            fmt::format("expected \":PORT\", \"HOST:PORT\" or \"[IPv6]:PORT\", got \"{}\"", http.listen_address));
    }
    auto& prefix = http.url_prefix;
    while (prefix.ends_with('/')) prefix.pop_back();
    if (!prefix.empty() && !prefix.starts_with('/')) prefix.insert(0, 1, '/');
    if (!is_path(prefix))
      error("URLPrefix", fmt::format("expected a path such as \"/orchestrator\", got \"{}\"", prefix));
    auto& endpoint = http.status_endpoint;
    if (!endpoint.starts_with('/')) endpoint.insert(0, 1, '/');
    if (!is_path(endpoint)) error("StatusEndpoint", fmt::format("expected a path, got \"{}\"", endpoint));
    if (!http.advertise.empty() && !is_advertised_url(http.advertise)) {
      error("HTTPAdvertise",
            fmt::format("expected http://HOST:PORT or https://HOST:PORT without a path, got \"{}\"", http.advertise));
    }
  }

  static bool is_path(std::string_view text) {
    return text.find_first_of("?#% \\\"<>") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  }

  void check_api_tls() {
    const auto& tls = values_.api_tls;
    if (!tls.use_ssl && !tls.use_mutual_tls) return;
    if (tls.cert_file.empty()) error("SSLCertFile", "is needed by UseSSL and UseMutualTLS");
    if (tls.private_key_file.empty()) error("SSLPrivateKeyFile", "is needed by UseSSL and UseMutualTLS");
    if (tls.use_mutual_tls && tls.ca_file.empty()) error("SSLCAFile", "is needed by UseMutualTLS");
  }

  void check_authentication() {
    const auto& settings = values_.authentication;
    switch (settings.method) {
      case AuthenticationMethod::none:
      case AuthenticationMethod::token:
        break;
      case AuthenticationMethod::basic:
      case AuthenticationMethod::multi:
        if (settings.user.empty()) error("HTTPAuthUser", "is needed by AuthenticationMethod basic and multi");
        if (settings.password.empty()) warning("HTTPAuthPassword", "is empty: everybody who knows the user is let in");
        break;
      case AuthenticationMethod::proxy:
        if (settings.user_header.empty()) error("AuthUserHeader", "is needed by AuthenticationMethod proxy");
        break;
      case AuthenticationMethod::oauth:
        error("AuthenticationMethod", "oauth does not exist in this version; use basic, multi, proxy or token");
        break;
    }
  }

  void check_backend() {
    const auto& backend = values_.backend;
    if (backend.kind == BackendKind::mysql) {
      if (backend.host.empty()) error("MySQLOrchestratorHost", "is needed by BackendDB mysql");
      if (backend.database.empty()) error("MySQLOrchestratorDatabase", "is needed by BackendDB mysql");
      if (backend.user.empty()) error("MySQLOrchestratorUser", "is needed by BackendDB mysql");
      if (backend.use_mutual_tls && backend.ssl_cert_file.empty()) {
        error("MySQLOrchestratorUseMutualTLS",
              "needs MySQLOrchestratorSSLCertFile and MySQLOrchestratorSSLPrivateKeyFile");
      }
    } else if (backend.sqlite_file.empty()) {
      error("SQLite3DataFile", "is empty; name a file, or \":memory:\" to keep nothing");
    }
    if (!given("BackendDB") && !backend.host.empty()) {
      warning("MySQLOrchestratorHost", fmt::format("has no effect: BackendDB is sqlite unless it is set, and the state "
                                                   "is kept in {}",
                                                   backend.sqlite_file));
    }
  }

  void check_topology_connections() {
    const auto& topology = values_.topology;
    if (topology.user.empty()) {
      warning("MySQLTopologyUser", "is not set: no instance can be probed before it is");
    }
    if (topology.ssl_cert_file.empty() != topology.ssl_private_key_file.empty()) {
      error("MySQLTopologySSLCertFile", "and MySQLTopologySSLPrivateKeyFile have to be set together");
    }
    if (topology.use_mutual_tls && topology.ssl_cert_file.empty()) {
      error("MySQLTopologyUseMutualTLS", "needs MySQLTopologySSLCertFile and MySQLTopologySSLPrivateKeyFile");
    }
  }

  void check_discovery() {
    auto& discovery = values_.discovery;
    if (!given("DeadInstancePollSecondsMax")) {
      discovery.dead_poll_max = std::max(discovery.dead_poll_max, discovery.poll_interval);
    }
    if (discovery.dead_poll_max < discovery.poll_interval) {
      error("DeadInstancePollSecondsMax",
            fmt::format("is {}, less than InstancePollSeconds, which is {}", discovery.dead_poll_max.count(),
                        discovery.poll_interval.count()));
    }
    for (const auto& seed : discovery.seeds) {
      require_address("DiscoverySeeds", seed.empty() ? " " : seed, values_.topology.default_instance_port);
    }
  }

  void check_recovery() {
    auto& recovery = values_.recovery;
    if (given("RecoveryPeriodBlockMinutes") && !given("RecoveryPeriodBlockSeconds")) {
      recovery.recovery_block = recovery.recovery_block_minutes;
    }
    if (recovery.fail_promotion_if_sql_thread_behind && recovery.delay_promotion_if_sql_thread_behind) {
      error("DelayMasterPromotionIfSQLThreadNotUpToDate",
            "and FailMasterPromotionIfSQLThreadNotUpToDate cannot both be true");
    }
    if (recovery.fail_promotion_on_lag.count() > 0 && values_.attributes.replication_lag_query.empty()) {
      error("FailMasterPromotionOnLagMinutes", "needs ReplicationLagQuery");
    }
    if (recovery.reasonable_locked_semi_sync_master.count() == 0) {
      recovery.reasonable_locked_semi_sync_master = values_.maintenance.reasonable_replication_lag;
    }
    for (const auto key : {"RecoverMasterClusterFilters", "RecoverIntermediateMasterClusterFilters"}) {
      if (given(key)) warning(key, "this release does not recover anything");
    }
  }

  // Addresses get the port they are written without, so that the same node is always written alike.
  void complete_address(std::string_view key, std::string& text) {
    const auto address = parse_host_port(text.empty() ? " " : text, values_.raft.default_port);
    if (!address) {
      error(key, fmt::format("expected host or host:port, got \"{}\"", text));
      return;
    }
    text = to_text(*address);
  }

  void check_raft() {
    auto& raft = values_.raft;
    if (raft.advertise.empty()) raft.advertise = raft.bind;
    if (!raft.enabled) return;
    if (raft.data_dir.empty()) error("RaftDataDir", "is needed by RaftEnabled");
    if (raft.bind.empty()) return error("RaftBind", "is needed by RaftEnabled");
    complete_address("RaftBind", raft.bind);
    complete_address("RaftAdvertise", raft.advertise);
    for (auto& node : raft.nodes) complete_address("RaftNodes", node);
    for (auto& node : raft.join) complete_address("RaftJoin", node);
    if (raft.advertise.starts_with("0.0.0.0:") || raft.advertise.starts_with("[::]:")) {
      error("RaftAdvertise", fmt::format("is {}, where no other node can reach this one; set it to this node's own "
                                         "address",
                                         raft.advertise));
    }
    const bool named = std::find(raft.nodes.begin(), raft.nodes.end(), raft.advertise) != raft.nodes.end();
    if (!raft.nodes.empty() && !named) {
      error("RaftNodes", fmt::format("does not name this node, whose RaftAdvertise is {}", raft.advertise));
    }
    const auto fits = [](char letter) { return letter > ' ' && letter < '\x7f' && letter != '/'; };
    if (raft.node_id.size() > 255 || !std::all_of(raft.node_id.begin(), raft.node_id.end(), fits)) {
      error("RaftNodeId", "has to be printable, without blanks and slashes, and at most 255 characters long");
    }
    check_raft_tls();
  }

  void check_raft_tls() {
    const auto& raft = values_.raft;
    const auto given_files =
        !raft.ssl_private_key_file.empty() + !raft.ssl_cert_file.empty() + !raft.ssl_ca_file.empty();
    if (given_files != 0 && given_files != 3) {
      error("RaftSSLCertFile", "needs RaftSSLPrivateKeyFile and RaftSSLCAFile, and each of these the other two");
    }
    const bool remote =
        !raft.bind.starts_with("127.") && !raft.bind.starts_with("[::1]") && !raft.bind.starts_with("localhost:");
    if (given_files == 0 && remote) {
      warning("RaftBind",
              "is open to other machines without TLS: whoever reaches it can read and change the state; set "
              "RaftSSLCertFile, RaftSSLPrivateKeyFile and RaftSSLCAFile, or shield the port");
    }
  }

  void check_key_value_stores() {
    auto& kv = values_.kv;
    auto& prefix = kv.cluster_master_prefix;
    while (prefix.ends_with('/')) prefix.pop_back();
    prefix += '/';
    constexpr std::uint16_t consul_port = 8500;
    require_address("ConsulAddress", kv.consul_address, consul_port);
    const int wanted = kv.consul_max_kvs_per_transaction;
    kv.consul_max_kvs_per_transaction = std::clamp(wanted, 5, 64);
    if (wanted != kv.consul_max_kvs_per_transaction) {
      warning("ConsulMaxKVsPerTransaction",
              fmt::format("has to be from 5 to 64; taken as {}", kv.consul_max_kvs_per_transaction));
    }
    check_zookeeper_address(kv.zk_address);
  }

  void check_zookeeper_address(std::string_view servers) {
    constexpr std::uint16_t zookeeper_port = 2181;
    while (!servers.empty()) {
      const auto comma = servers.find(',');
      require_address("ZkAddress", std::string(servers.substr(0, comma)), zookeeper_port);
      servers = comma == std::string_view::npos ? std::string_view{} : servers.substr(comma + 1);
    }
  }

  void derive_pseudo_gtid() {
    auto& pseudo_gtid = values_.pseudo_gtid;
    if (!pseudo_gtid.automatic) return;
    pseudo_gtid.pattern = "drop view if exists `_pseudo_gtid_`";
    pseudo_gtid.pattern_is_fixed_substring = true;
    pseudo_gtid.monotonic_hint = "asc:";
    pseudo_gtid.detect_query = "select 1";
  }

  void report_effects() {
    static const Configuration defaults;
    std::string without_effect;
    for (const Section& section : configuration_sections()) {
      for (const Key& key : section.keys) {
        if (!given(key.name)) continue;
        switch (key.effect) {
          case Effect::honoured:
            break;
          case Effect::none:
            without_effect += (without_effect.empty() ? "" : ", ") + std::string(key.name);
            break;
          case Effect::refused:
            if (!key.field.equal(values_, defaults)) {
              error(key.name, "is not possible in this release, and leaving it out of account would be unsafe");
            }
            break;
        }
      }
    }
    if (!without_effect.empty()) {
      diagnostics_.push_back({Severity::info, {}, {}, 0, 0, "without effect in this release: " + without_effect});
    }
  }

  Draft& draft_;
  Configuration& values_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics apply_rules(Draft& draft) {
  return Rules(draft).apply();
}

}  // namespace orchestrator
