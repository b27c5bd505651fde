// The conversion of HTTP settings.
#include "server/api_settings.hpp"

#include <utility>

namespace orchestrator {
namespace {

std::vector<std::string> texts_of(const Patterns& patterns) {
  std::vector<std::string> texts;
  for (const auto& pattern : patterns) {
    texts.push_back(pattern.text());
  }
  return texts;
}

// "Orchestrator <id> says: ", or nothing (PrependMessagesWithOrcIdentity). The full name falls back to the custom one.
std::string message_prefix(const GeneralSettings& general, const std::string& hostname) {
  const auto& kind = general.prepend_messages_with_identity;
  if (kind.empty() || kind == "none") {
    return {};
  }
  const auto identity = kind == "custom" || hostname.empty() ? general.custom_identity : hostname;
  return "Orchestrator " + identity + " says: ";
}

http::AuthenticationMethod method_of(AuthenticationMethod method) {
  switch (method) {
    case AuthenticationMethod::none:
      return http::AuthenticationMethod::none;
    case AuthenticationMethod::basic:
      return http::AuthenticationMethod::basic;
    case AuthenticationMethod::multi:
      return http::AuthenticationMethod::multi;
    case AuthenticationMethod::proxy:
      return http::AuthenticationMethod::proxy;
    case AuthenticationMethod::token:
      return http::AuthenticationMethod::token;
    case AuthenticationMethod::oauth:
      return http::AuthenticationMethod::oauth;
  }
  return http::AuthenticationMethod::oauth;
}

}  // namespace

std::shared_ptr<const api::ApiSettings> api_settings(const Configuration& configuration, const std::string& hostname) {
  auto settings = std::make_shared<api::ApiSettings>();
  settings->view.poll_interval = configuration.discovery.poll_interval;
  settings->view.reasonable_lag = configuration.maintenance.reasonable_replication_lag;
  settings->view.reasonable_maintenance_lag = configuration.maintenance.reasonable_maintenance_replication_lag;
  settings->message_prefix = message_prefix(configuration.general, hostname);
  settings->ignores_problems_of = [patterns = configuration.http.problem_ignore_hostname_filters](
                                      const std::string& name) { return any_matches(patterns, name); };
  settings->recovery_filters = {configuration.recovery.master_cluster_filters,
                                configuration.recovery.intermediate_master_cluster_filters,
                                texts_of(configuration.recovery.ignore_hostname_filters)};
  settings->default_port = configuration.topology.default_instance_port;
  settings->candidate_lifetime = configuration.maintenance.candidate_instance_expiry;
  settings->pool_lifetime = configuration.maintenance.instance_pool_expiry;
  settings->pool_hosts = configuration.maintenance.support_fuzzy_pool_hostnames ? api::ApiSettings::PoolHosts::fuzzy
                                                                                : api::ApiSettings::PoolHosts::complete;
  return settings;
}

api::ApiPaths api_paths(const Configuration& configuration) {
  api::ApiPaths paths;
  paths.url_prefix = configuration.http.url_prefix;
  paths.status_endpoint = configuration.http.status_endpoint;
  return paths;
}

http::AuthenticationPolicy authentication_policy(const Configuration& configuration) {
  const auto& from = configuration.authentication;
  http::AuthenticationPolicy policy;
  policy.method = method_of(from.method);
  policy.mutations = from.read_only ? http::Mutations::refused : http::Mutations::allowed;
  policy.user = from.user;
  policy.password = from.password.reveal();
  policy.user_header = from.user_header;
  policy.power_users = from.power_users;
  policy.power_groups = from.power_groups;
  if (configuration.api_tls.use_mutual_tls) {
    policy.unit_check = http::OrganizationalUnitCheck::on;
    policy.valid_units = configuration.api_tls.valid_ous;
    policy.exempt_path = configuration.http.status_ou_verify ? "" : configuration.http.status_endpoint;
  }
  return policy;
}

http::ServerOptions http_options(const Configuration& configuration) {
  http::ServerOptions options;
  options.address = configuration.http.listen_address;
  options.unix_socket = configuration.http.listen_socket;
  if (configuration.api_tls.use_ssl) {
    http::TlsOptions tls;
    tls.certificate_file = configuration.api_tls.cert_file;
    tls.private_key_file = configuration.api_tls.private_key_file;
    tls.ca_file = configuration.api_tls.ca_file;
    tls.client_certificates = configuration.api_tls.use_mutual_tls ? http::ClientCertificates::verified_if_given
                                                                   : http::ClientCertificates::ignored;
    options.tls = std::move(tls);
  }
  return options;
}

api::GroupStatus group_status(const Configuration& configuration, const std::string& hostname) {
  auto uri = configuration.http.advertise;
  if (uri.empty()) {
    const auto& address = configuration.http.listen_address;
    uri = std::string(configuration.api_tls.use_ssl ? "https://" : "http://") +
          (address.starts_with(':') ? hostname + address : address);
  }
  const auto& raft = configuration.raft;
  return api::group_of_one(raft.bind, raft.advertise.empty() ? raft.bind : raft.advertise, uri);
}

}  // namespace orchestrator
