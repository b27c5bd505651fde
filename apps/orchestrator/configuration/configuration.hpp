// The server's configuration as one plain value.
#pragma once

#include <string>
#include <string_view>

#include "configuration/recovery_settings.hpp"
#include "configuration/service_settings.hpp"
#include "configuration/topology_settings.hpp"

namespace orchestrator {

// A value-initialised Configuration holds the defaults and is usable: the server runs without any file. Parts are
// handed to the components that need them; nothing reads a configuration from a global.
struct Configuration {
  GeneralSettings general;
  HttpSettings http;
  ApiTlsSettings api_tls;
  AuthenticationSettings authentication;
  BackendSettings backend;
  TopologyConnectionSettings topology;
  DiscoverySettings discovery;
  HostnameSettings hostnames;
  AttributeSettings attributes;
  MaintenanceSettings maintenance;
  RecoverySettings recovery;
  HookSettings hooks;
  RaftSettings raft;
  KvSettings kv;
  PseudoGtidSettings pseudo_gtid;
  GraphiteSettings graphite;
  AgentSettings agents;
};

// Every key with its value as a JSON object, in the order of the reference page; secrets are redacted.
[[nodiscard]] std::string dump_configuration(const Configuration& configuration);

}  // namespace orchestrator
