// Keys of the server itself: logs, HTTP, storage.
#include "configuration/field.hpp"

namespace orchestrator::key_table {
namespace {

template <auto M>
constexpr Field general = field<&Configuration::general, M>;
constexpr Key general_keys[] = {
    Key{"Debug", general<&GeneralSettings::debug>, "Log at debug level, as -debug does."},
    Key{"EnableSyslog", general<&GeneralSettings::enable_syslog>, "Log to syslog as well."},
    Key{"AuditLogFile", general<&GeneralSettings::audit_log_file>, "File to which audit lines are appended."},
    Key{"AuditToSyslog", general<&GeneralSettings::audit_to_syslog>, "Write audit lines to syslog."},
    Key{"AuditToBackendDB", general<&GeneralSettings::audit_to_backend_db>,
        "Keep audit lines in the state, where the API shows them. Without this and the two above they are only "
        "logged."},
    Key{"AuditPurgeDays", general<&GeneralSettings::audit_purge_age>,
        "How long audit entries, detections and recoveries are kept."},
    Key{"PrependMessagesWithOrcIdentity", general<&GeneralSettings::prepend_messages_with_identity>,
        "What API messages start with: none, FQDN, hostname or custom."},
    Key{"CustomOrcIdentity", general<&GeneralSettings::custom_identity>,
        "The text for the value custom of the former."},
};

template <auto M>
constexpr Field http = field<&Configuration::http, M>;
constexpr Key http_keys[] = {
    Key{"ListenAddress", http<&HttpSettings::listen_address>,
        "Address to serve HTTP on: \":3000\" for every local address, \"127.0.0.1:3000\", \"[::1]:3000\"."}
        .restart(),
    Key{"ListenSocket", http<&HttpSettings::listen_socket>, "Unix socket to serve HTTP on instead of TCP."}
        .restart()
        .refused(),
    Key{"HTTPAdvertise", http<&HttpSettings::advertise>,
        "URL, with scheme, host and port only, under which the other nodes and clients reach this one. When empty: "
        "http, "
        "the host of RaftAdvertise and the port of ListenAddress."}
        .restart(),
    Key{"URLPrefix", http<&HttpSettings::url_prefix>,
        "Path under which everything is served; a slash is put before it and taken from its end."}
        .restart(),
    Key{"StatusEndpoint", http<&HttpSettings::status_endpoint>, "Path of the health check for load balancers."}
        .restart(),
    Key{"StatusOUVerify", http<&HttpSettings::status_ou_verify>,
        "Demand a permitted client certificate for the status path too."}
        .restart()
        .refused(),
    Key{"WebMessage", http<&HttpSettings::web_message>, "Text shown on every web page."}.without_effect(),
    Key{"RemoveTextFromHostnameDisplay", http<&HttpSettings::remove_text_from_hostname_display>,
        "Text left out of host names on web pages."}
        .without_effect(),
    Key{"ProblemIgnoreHostnameFilters", http<&HttpSettings::problem_ignore_hostname_filters>,
        "Hosts that are never listed as problems."},
};

template <auto M>
constexpr Field backend = field<&Configuration::backend, M>;
constexpr Key backend_keys[] = {
    Key{"BackendDB", backend<&BackendSettings::kind>,
        "Where this node keeps its copy of the state: sqlite, or mysql for a MySQL or MariaDB server of its own. The "
        "former default was mysql."}
        .restart(),
    Key{"SQLite3DataFile", backend<&BackendSettings::sqlite_file>,
        "File of the state, relative to the working directory; \":memory:\" keeps nothing across a restart. Without "
        "this "
        "key it lies in the directory $STATE_DIRECTORY if systemd sets that."}
        .restart(),
    Key{"SkipOrchestratorDatabaseUpdate", backend<&BackendSettings::skip_database_update>,
        "Do not create or change the schema of the state database."}
        .restart()
        .without_effect(),
    Key{"PanicIfDifferentDatabaseDeploy", backend<&BackendSettings::panic_if_different_deploy>,
        "Stop when another version deployed the schema. A newer schema is always refused."}
        .restart()
        .without_effect(),
    Key{"MySQLOrchestratorHost", backend<&BackendSettings::host>, "Host of the MySQL state database."}.restart(),
    Key{"MySQLOrchestratorPort", backend<&BackendSettings::port>, "Port of the MySQL state database."}.restart(),
    Key{"MySQLOrchestratorDatabase", backend<&BackendSettings::database>, "Name of the MySQL state database."}
        .restart(),
    Key{"MySQLOrchestratorUser", backend<&BackendSettings::user>, "Account for the MySQL state database."}.restart(),
    Key{"MySQLOrchestratorPassword", backend<&BackendSettings::password>,
        "Its password; \"${NAME}\" takes it from the environment."}
        .restart(),
    Key{"MySQLOrchestratorCredentialsConfigFile", backend<&BackendSettings::credentials_file>,
        "File with user and password in a [client] section; they replace the two keys above."}
        .restart(),
    Key{"MySQLOrchestratorMaxPoolConnections", backend<&BackendSettings::max_pool_connections>,
        "Connections to the MySQL state database at once."}
        .restart()
        .without_effect(),
    Key{"MySQLOrchestratorSSLPrivateKeyFile", backend<&BackendSettings::ssl_private_key_file>,
        "Key of the client certificate for the MySQL state database."}
        .restart(),
    Key{"MySQLOrchestratorSSLCertFile", backend<&BackendSettings::ssl_cert_file>,
        "Client certificate for the MySQL state database."}
        .restart(),
    Key{"MySQLOrchestratorSSLCAFile", backend<&BackendSettings::ssl_ca_file>,
        "Authorities that the MySQL state database's certificate is checked against."}
        .restart(),
    Key{"MySQLOrchestratorSSLSkipVerify", backend<&BackendSettings::ssl_skip_verify>,
        "Do not check the certificate of the MySQL state database."}
        .restart(),
    Key{"MySQLOrchestratorUseMutualTLS", backend<&BackendSettings::use_mutual_tls>,
        "Connect to the MySQL state database with a client certificate."}
        .restart(),
    Key{"MySQLOrchestratorReadTimeoutSeconds", backend<&BackendSettings::read_timeout>,
        "Longest wait for an answer of the MySQL state database."}
        .restart(),
    Key{"MySQLOrchestratorRejectReadOnly", backend<&BackendSettings::reject_read_only>,
        "Drop connections to a state database that has become read-only."}
        .restart()
        .without_effect(),
    Key{"MySQLOrchestratorMaxAllowedPacket", backend<&BackendSettings::max_allowed_packet>,
        "Largest packet to the MySQL state database in bytes; -1 is the client's default, 0 asks the server."}
        .range(-1, 1 << 30)
        .restart()
        .without_effect(),
};

}  // namespace

std::vector<Section> service_sections() {
  return {{"Logs and audit", general_keys}, {"HTTP", http_keys}, {"State database", backend_keys}};
}

}  // namespace orchestrator::key_table
