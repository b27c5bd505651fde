// Deploys and upgrades the schema of the state on a server, and says which privileges are missing.
#pragma once

#include "state/mysql_connection.hpp"

namespace orchestrator::state {

// Uses the database, creates it when it is missing, and brings its tables to the present version. Throws
// DatabaseFailure.
void prepare_mysql(MysqlConnection& connection, const std::string& database);
// Only uses it.
void use_mysql_database(MysqlConnection& connection, const std::string& database);

}  // namespace orchestrator::state
