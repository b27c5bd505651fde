// Keys of Raft, key-value stores, Pseudo-GTID, Graphite and agents.
#include "configuration/field.hpp"

namespace orchestrator::key_table {
namespace {

template <auto M>
constexpr Field raft = field<&Configuration::raft, M>;
constexpr Key raft_keys[] = {
    Key{"RaftEnabled", raft<&RaftSettings::enabled>,
        "Share the state with other nodes, or be ready to. Otherwise this node is a group of its own, whose log lies "
        "in "
        "the directory SQLite3DataFile.raft."}
        .restart(),
    Key{"RaftNodeId", raft<&RaftSettings::node_id>,
        "Name of this node, unique in the group. Kept in RaftDataDir at the first start, so that the address may "
        "change "
        "later; RaftAdvertise when empty."}
        .restart(),
    Key{"RaftBind", raft<&RaftSettings::bind>, "Address to listen on for the other nodes."}.restart(),
    Key{"RaftAdvertise", raft<&RaftSettings::advertise>, "That address as the others see it; RaftBind when empty."}
        .restart(),
    Key{"RaftDataDir", raft<&RaftSettings::data_dir>, "Directory of this node's log, vote and snapshots."}.restart(),
    Key{"DefaultRaftPort", raft<&RaftSettings::default_port>, "Port of a node that is named without one."}.restart(),
    Key{"RaftNodes", raft<&RaftSettings::nodes>,
        "All nodes that form the group, as host or host:port, this one included. Only a node without a group reads it: "
        "who belongs to a group is kept in its log."}
        .restart(),
    Key{"RaftJoin", raft<&RaftSettings::join>,
        "Any members of a group, as host or host:port: a node without a group joins theirs instead of forming one."}
        .restart(),
    Key{"RaftSSLPrivateKeyFile", raft<&RaftSettings::ssl_private_key_file>,
        "Key of this node's certificate. With the next two, nodes speak TLS and check each other's certificates."}
        .restart(),
    Key{"RaftSSLCertFile", raft<&RaftSettings::ssl_cert_file>, "This node's certificate for the other nodes."}
        .restart(),
    Key{"RaftSSLCAFile", raft<&RaftSettings::ssl_ca_file>,
        "Authorities that the nodes' certificates are checked against."}
        .restart(),
};

template <auto M>
constexpr Field kv = field<&Configuration::kv, M>;
constexpr Key kv_keys[] = {
    Key{"KVClusterMasterPrefix", kv<&KvSettings::cluster_master_prefix>,
        "Where masters are published; one slash is kept at its end."},
    Key{"ConsulAddress", kv<&KvSettings::consul_address>, "Consul agent, host:port; masters are published there."}
        .restart(),
    Key{"ConsulScheme", kv<&KvSettings::consul_scheme>, "https checks the agent's certificate."}.restart(),
    Key{"ConsulAclToken", kv<&KvSettings::consul_acl_token>, "Token sent to Consul."}.restart(),
    Key{"ConsulCAFile", kv<&KvSettings::consul_ca_file>,
        "Authorities (PEM) that sign the agent's certificate; the system's when empty."}
        .restart(),
    Key{"ConsulCertFile", kv<&KvSettings::consul_cert_file>, "Certificate (PEM) shown to the agent."}.restart(),
    Key{"ConsulPrivateKeyFile", kv<&KvSettings::consul_private_key_file>, "Its private key (PEM)."}.restart(),
    Key{"ConsulSkipVerify", kv<&KvSettings::consul_skip_verify>, "Take any certificate of the agent."}.restart(),
    Key{"ConsulCrossDataCenterDistribution", kv<&KvSettings::consul_cross_data_center_distribution>,
        "Publish in every Consul data center."}
        .restart(),
    Key{"ConsulKVStoreProvider", kv<&KvSettings::consul_provider>,
        "Both write the keys of a cluster in one transaction here."}
        .restart(),
    Key{"ConsulMaxKVsPerTransaction", kv<&KvSettings::consul_max_kvs_per_transaction>,
        "Keys written to Consul at once, brought into 5 to 64."}
        .restart()
        .without_effect(),
    Key{"ZkAddress", kv<&KvSettings::zk_address>, "ZooKeeper servers, host[:port], separated by commas."}
        .restart()
        .without_effect(),
};

template <auto M>
constexpr Key pseudo_gtid(std::string_view name, std::string_view meaning) {
  return Key{name, field<&Configuration::pseudo_gtid, M>, meaning}.without_effect();
}
using P = PseudoGtidSettings;
constexpr Key pseudo_gtid_keys[] = {
    pseudo_gtid<&P::automatic>("AutoPseudoGTID", "Inject Pseudo-GTID entries and set the keys below accordingly."),
    pseudo_gtid<&P::pattern>("PseudoGTIDPattern", "How an entry is recognised in a binary log."),
    pseudo_gtid<&P::pattern_is_fixed_substring>("PseudoGTIDPatternIsFixedSubstring",
                                                "The pattern is plain text, not a regular expression."),
    pseudo_gtid<&P::monotonic_hint>("PseudoGTIDMonotonicHint", "Text in entries that grow with time."),
    pseudo_gtid<&P::detect_query>("DetectPseudoGTIDQuery", "Query that tells whether entries are injected."),
    pseudo_gtid<&P::binlog_events_chunk_size>("BinlogEventsChunkSize", "Binary log events read at once.")
        .range(1, 10000000),
    pseudo_gtid<&P::skip_binlog_events_containing>("SkipBinlogEventsContaining",
                                                   "Events with such text are not compared."),
};

template <auto M>
constexpr Key graphite(std::string_view name, std::string_view meaning) {
  return Key{name, field<&Configuration::graphite, M>, meaning}.without_effect();
}
using G = GraphiteSettings;
constexpr Key graphite_keys[] = {
    graphite<&G::address>("GraphiteAddr", "Graphite server, host:port; metrics are sent there."),
    graphite<&G::path>("GraphitePath", "Prefix of the metrics; {hostname} stands for this host."),
    graphite<&G::convert_hostname_dots_to_underscores>("GraphiteConvertHostnameDotsToUnderscores",
                                                       "Write the host name with underscores."),
    graphite<&G::poll_interval>("GraphitePollSeconds", "Time between two sendings; 0 is never."),
};

template <auto M>
constexpr Key agent(std::string_view name, std::string_view meaning) {
  return Key{name, field<&Configuration::agents, M>, meaning}.restart().without_effect();
}
using A = AgentSettings;
constexpr Key agent_keys[] = {
    agent<&A::serve_http>("ServeAgentsHttp", "Serve an API for agents."),
    agent<&A::server_port>("AgentsServerPort", "Address of that API."),
    agent<&A::use_ssl>("AgentsUseSSL", "Serve it by HTTPS."),
    agent<&A::use_mutual_tls>("AgentsUseMutualTLS", "Demand client certificates of agents."),
    agent<&A::ssl_skip_verify>("AgentSSLSkipVerify", "Do not check agents' certificates."),
    agent<&A::ssl_private_key_file>("AgentSSLPrivateKeyFile", "Key of that API's certificate."),
    agent<&A::ssl_cert_file>("AgentSSLCertFile", "That API's certificate."),
    agent<&A::ssl_ca_file>("AgentSSLCAFile", "Authorities that agents' certificates are checked against."),
    agent<&A::ssl_valid_ous>("AgentSSLValidOUs", "Organizational units of agents that are let in."),
    agent<&A::poll_interval>("AgentPollMinutes", "Time between two polls of an agent."),
    agent<&A::unseen_forget>("UnseenAgentForgetHours", "Age at which an unseen agent is forgotten."),
    agent<&A::stale_seed_fail>("StaleSeedFailMinutes", "Time without progress at which a seed has failed."),
    agent<&A::seed_acceptable_bytes_diff>("SeedAcceptableBytesDiff", "Difference in bytes a finished seed may have."),
    agent<&A::seed_wait_before_send>("SeedWaitSecondsBeforeSend", "Wait before the source starts to send."),
};

}  // namespace

std::vector<Section> integration_sections() {
  return {{"Raft", raft_keys},
          {"Key-value stores", kv_keys},
          {"Pseudo-GTID", pseudo_gtid_keys},
          {"Graphite", graphite_keys},
          {"Agents", agent_keys}};
}

}  // namespace orchestrator::key_table
