// Maps the numbers of server and client library errors to ours.
#pragma once

#include <string>
#include <string_view>

#include "topology/error.hpp"

namespace topology::mysql {

// Error numbers that decisions depend on. Sources: MySQL Server Error Message Reference, MariaDB Error Codes,
// Connector/C errmsg.h.
namespace server_errno {
inline constexpr unsigned too_many_connections = 1040;
inline constexpr unsigned database_access_denied = 1044;
inline constexpr unsigned access_denied = 1045;
inline constexpr unsigned shutdown_in_progress = 1053;
inline constexpr unsigned syntax_error = 1064;
inline constexpr unsigned host_is_blocked = 1129;
inline constexpr unsigned host_not_privileged = 1130;
inline constexpr unsigned table_access_denied = 1142;
inline constexpr unsigned column_access_denied = 1143;
inline constexpr unsigned unknown_variable = 1193;
inline constexpr unsigned user_connection_limit = 1203;
inline constexpr unsigned lock_wait_timeout = 1205;
inline constexpr unsigned specific_access_denied = 1227;
inline constexpr unsigned client_plugin_missing = 1251;
inline constexpr unsigned resource_limit = 1226;
inline constexpr unsigned query_interrupted = 1317;
inline constexpr unsigned routine_access_denied = 1370;
inline constexpr unsigned access_denied_no_password = 1698;
inline constexpr unsigned password_must_change = 1820;
inline constexpr unsigned password_expired = 1862;
inline constexpr unsigned connection_killed = 1927;        // MariaDB
inline constexpr unsigned statement_timeout = 1969;        // MariaDB
inline constexpr unsigned execution_time_exceeded = 3024;  // MySQL
inline constexpr unsigned account_locked_mysql = 3118;
inline constexpr unsigned secure_transport_required = 3159;  // MySQL; MariaDB says access_denied
inline constexpr unsigned idle_disconnect = 4031;            // MySQL
inline constexpr unsigned account_locked_mariadb = 4151;
inline constexpr unsigned client_unknown_host = 2005;
inline constexpr unsigned client_server_gone = 2006;
inline constexpr unsigned client_tls = 2026;
inline constexpr unsigned client_server_lost = 2013;
inline constexpr unsigned client_server_lost_extended = 2055;
inline constexpr unsigned client_plugin_not_loaded = 2059;
inline constexpr unsigned client_first = 2000;
inline constexpr unsigned client_last = 2999;
inline constexpr unsigned connector_first = 5000;
inline constexpr unsigned connector_last = 5999;
}  // namespace server_errno

// The class of an error of an established connection.
[[nodiscard]] Errc classify_statement_error(unsigned number) noexcept;
// The class of an error while connecting.
[[nodiscard]] Errc classify_connect_error(unsigned number) noexcept;

// True when the connection cannot be used after this error.
[[nodiscard]] bool ends_connection(unsigned number) noexcept;

// "text (error number)", for contexts.
[[nodiscard]] std::string describe_error(unsigned number, std::string_view text);

}  // namespace topology::mysql
