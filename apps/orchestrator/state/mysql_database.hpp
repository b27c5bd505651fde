// Keeps the state in a database of a MySQL or MariaDB server.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "state/database.hpp"
#include "topology/mysql/connect_options.hpp"

namespace orchestrator::state {

struct MysqlOptions {
  topology::mysql::ConnectOptions connect;
  std::string database = "orchestrator";
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{30'000};
};

// Creates the database and its tables, or brings an older schema to the present version; a migration that was cut off
// goes on where it was. Errors: unreachable, access_denied, in_use (by another orchestrator: a lock of the server is
// held as long as the connection), foreign, schema_too_new, and those of statements. access_denied names the GRANT
// statement that is missing.
//
// Later a connection that is lost is made anew by the next call, once; what fails then is unreachable. Statements that
// give nothing back are sent together with the next one that does, or the commit: a transaction takes two or three
// round trips.
[[nodiscard]] Result<std::unique_ptr<Database>> open_mysql(const MysqlOptions& options);

}  // namespace orchestrator::state
