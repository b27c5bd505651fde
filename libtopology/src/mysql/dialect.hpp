// The probe's SQL for each kind of server: the only place where its text lives.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "mysql/probe_part.hpp"
#include "topology/server_version.hpp"

namespace topology::mysql {

// How statements reach the server.
enum class Sending { together, one_by_one };

// The statements that differ between servers, and the privileges they need.
struct Dialect {
  std::string_view name;
  Sending sending = Sending::together;
  std::string_view session_settings;  // "" where they cannot be set
  std::string_view channels;
  std::string_view binlog_position;
  std::string_view replicas;
  std::string_view dump_threads;
  std::string_view group_members;       // "" where there is no group replication
  std::string_view ndb_sql_nodes;       // for servers of an NDB cluster only; "" where there is none
  std::string_view stored_credentials;  // "" where the server does not keep them in a table
  std::string_view channels_grant;      // "PRIVILEGE ON OBJECT"
  std::string_view binlog_position_grant;
  std::string_view replicas_grant;
};

[[nodiscard]] const Dialect& dialect_for(const ServerVersion& version) noexcept;

// The version of the server; the same for all.
[[nodiscard]] std::string_view version_statement() noexcept;
// A row of name and value for a MaxScale binlog server, which then speaks the dialect of its own; none from others.
[[nodiscard]] std::string_view maxscale_version_statement() noexcept;
// Status variables, as rows of name and value; the same for all.
[[nodiscard]] std::string_view status_statement();
// Asks which of the variables that the probe reads exist: they depend on version and loaded plugins.
[[nodiscard]] std::string_view variable_names_statement();
// One row with a column for each of the variables that exist.
[[nodiscard]] std::string variables_statement(const std::set<std::string, std::less<>>& existing);

// The part's statement in the dialect; "" for parts that it does not have or that are operators' queries.
[[nodiscard]] std::string_view statement_of(Part part, const Dialect& dialect) noexcept;
// "GRANT … TO 'user'@'host'" with what the part needs; "" when it needs nothing.
[[nodiscard]] std::string grant_for(Part part, const Dialect& dialect, std::string_view user);

}  // namespace topology::mysql
