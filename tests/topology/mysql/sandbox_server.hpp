// The real server that a test program of the MySQL adapter runs against; each program is built once per flavour.
#pragma once

#include <string>

#include "sandbox/topology.hpp"
#include "topology/mysql/connect_options.hpp"

namespace test {

#ifdef TEST_WITH_MYSQL
inline constexpr auto flavour = sandbox::Flavour::mysql;
#else
inline constexpr auto flavour = sandbox::Flavour::mariadb;
#endif
inline constexpr bool is_mysql = flavour == sandbox::Flavour::mysql;

// Ends the test program when the flavour's server is not on this machine.
inline sandbox::Layout of_flavour(sandbox::Layout layout) {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_database(flavour)));
  layout.flavour = flavour;
  return layout;
}

inline topology::InstanceKey key_of(const sandbox::Server& server) {
  return {server.host(), server.port()};
}

inline topology::mysql::Credentials credentials_of(const sandbox::Account& account) {
  return {account.name, account.password};
}

inline topology::mysql::ConnectOptions options_for(const sandbox::Server& server, const sandbox::Account& account) {
  topology::mysql::ConnectOptions options;
  options.server = key_of(server);
  options.credentials = credentials_of(account);
  options.tls.mode = topology::mysql::TlsMode::off;
  return options;
}

}  // namespace test
