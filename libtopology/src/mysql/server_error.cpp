// Classes of error numbers.
#include "mysql/server_error.hpp"

namespace topology::mysql {

namespace number = server_errno;

Errc classify_statement_error(unsigned code) noexcept {
  switch (code) {
    case number::database_access_denied:
    case number::access_denied:
    case number::table_access_denied:
    case number::column_access_denied:
    case number::specific_access_denied:
    case number::routine_access_denied:
    case number::access_denied_no_password:
    case number::password_must_change:
    case number::password_expired:
    case number::account_locked_mysql:
    case number::account_locked_mariadb:
    case number::host_not_privileged:
      return Errc::access_denied;
    case number::statement_timeout:
    case number::execution_time_exceeded:
    case number::lock_wait_timeout:
      return Errc::timeout;
    default:
      return ends_connection(code) ? Errc::connection_lost : Errc::query_failed;
  }
}

Errc classify_connect_error(unsigned code) noexcept {
  switch (code) {
    case number::client_unknown_host:
      return Errc::name_resolution;
    case number::client_tls:
      return Errc::tls_failed;
    case number::client_plugin_not_loaded:
    case number::client_plugin_missing:
      return Errc::unsupported;
    case number::secure_transport_required:
      return Errc::access_denied;
    default:
      break;
  }
  const Errc as_statement = classify_statement_error(code);
  return as_statement == Errc::access_denied ? Errc::access_denied : Errc::connection_failed;
}

bool ends_connection(unsigned code) noexcept {
  switch (code) {
    case number::shutdown_in_progress:
    case number::connection_killed:
    case number::idle_disconnect:
      return true;
    default:
      return (code >= number::client_first && code <= number::client_last) ||
             (code >= number::connector_first && code <= number::connector_last);
  }
}

std::string describe_error(unsigned code, std::string_view text) {
  return std::string(text) + " (error " + std::to_string(code) + ")";
}

}  // namespace topology::mysql
