// Settings of the server itself: logs, HTTP, security, storage, Raft, key-value stores.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "configuration/pattern.hpp"
#include "configuration/secret.hpp"

namespace orchestrator {

using Strings = std::vector<std::string>;
using Patterns = std::vector<Pattern>;

struct GeneralSettings {
  bool debug = false;
  bool enable_syslog = false;
  std::string audit_log_file;
  bool audit_to_syslog = false;
  bool audit_to_backend_db = false;
  std::chrono::days audit_purge_age{7};
  std::string prepend_messages_with_identity;
  std::string custom_identity;
};

struct HttpSettings {
  std::string listen_address = ":3000";
  std::string listen_socket;
  std::string advertise;
  std::string url_prefix;  // "" or "/path" without a slash at its end
  std::string status_endpoint = "/api/status";
  bool status_ou_verify = false;
  std::string web_message;
  std::string remove_text_from_hostname_display;
  Patterns problem_ignore_hostname_filters;
};

struct ApiTlsSettings {
  bool use_ssl = false;
  bool use_mutual_tls = false;
  bool skip_verify = false;
  std::string private_key_file;
  std::string cert_file;
  std::string ca_file;
  Strings valid_ous;
};

enum class AuthenticationMethod {
  none,
  basic,
  multi,
  proxy,
  token,
  oauth,
};

struct AuthenticationSettings {
  bool read_only = false;
  AuthenticationMethod method = AuthenticationMethod::none;
  std::string oauth_client_id;
  Secret oauth_client_secret;
  Strings oauth_scopes;
  std::string user;
  Secret password;
  std::string user_header = "X-Forwarded-User";
  Strings power_users{"*"};
  Strings power_groups;
  std::chrono::seconds token_use_expiry{60};
  std::chrono::minutes token_expiry{1440};
};

enum class BackendKind {
  sqlite,
  mysql,
};

struct BackendSettings {
  BackendKind kind = BackendKind::sqlite;
  std::string sqlite_file = "orchestrator.sqlite3";  // relative to the working directory; ":memory:" keeps nothing
  bool skip_database_update = false;
  bool panic_if_different_deploy = false;
  std::string host;
  std::uint16_t port = 3306;
  std::string database;
  std::string user;
  Secret password;
  std::string credentials_file;
  int max_pool_connections = 128;
  std::string ssl_private_key_file;
  std::string ssl_cert_file;
  std::string ssl_ca_file;
  bool ssl_skip_verify = false;
  bool use_mutual_tls = false;
  std::chrono::seconds read_timeout{30};
  bool reject_read_only = false;
  int max_allowed_packet = -1;
};

// Addresses are host:port once the rules were applied.
struct RaftSettings {
  bool enabled = false;
  std::string node_id;
  std::string bind = "127.0.0.1:10008";
  std::string advertise;
  std::string data_dir;
  std::uint16_t default_port = 10008;
  Strings nodes;
  Strings join;
  std::string ssl_private_key_file;
  std::string ssl_cert_file;
  std::string ssl_ca_file;
};

enum class ConsulScheme {
  http,
  https,
};

enum class ConsulProvider {
  consul,
  consul_txn,
};

struct KvSettings {
  std::string cluster_master_prefix = "mysql/master/";  // always with one slash at its end
  std::string consul_address;
  ConsulScheme consul_scheme = ConsulScheme::http;
  Secret consul_acl_token;
  std::string consul_ca_file;
  std::string consul_cert_file;
  std::string consul_private_key_file;
  bool consul_skip_verify = false;
  bool consul_cross_data_center_distribution = false;
  ConsulProvider consul_provider = ConsulProvider::consul;
  int consul_max_kvs_per_transaction = 5;
  std::string zk_address;
};

struct GraphiteSettings {
  std::string address;
  std::string path;
  bool convert_hostname_dots_to_underscores = true;
  std::chrono::seconds poll_interval{60};
};

struct AgentSettings {
  bool serve_http = false;
  std::string server_port = ":3001";
  bool use_ssl = false;
  bool use_mutual_tls = false;
  bool ssl_skip_verify = false;
  std::string ssl_private_key_file;
  std::string ssl_cert_file;
  std::string ssl_ca_file;
  Strings ssl_valid_ous;
  std::chrono::minutes poll_interval{60};
  std::chrono::hours unseen_forget{6};
  std::chrono::minutes stale_seed_fail{60};
  std::int64_t seed_acceptable_bytes_diff = 8192;
  std::chrono::seconds seed_wait_before_send{2};
};

}  // namespace orchestrator
