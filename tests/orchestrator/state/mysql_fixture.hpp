// A server for the databases of the tests of a test program.
#pragma once

#include <string>

#include "sandbox/server.hpp"
#include "state/mysql_database.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {

// Started when it is first asked for; ends with the program. Without such a server the program is skipped.
[[nodiscard]] sandbox::Server& server();

// A database name that was not given before.
[[nodiscard]] std::string new_database();
// As root, with deadlines that let tests of trouble be quick.
[[nodiscard]] MysqlOptions options_for(const std::string& database);

}  // namespace orchestrator::state
