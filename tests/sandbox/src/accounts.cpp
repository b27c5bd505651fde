// The accounts that every sandboxed server has.
#include "sandbox/accounts.hpp"

#include <stdexcept>

namespace sandbox {
namespace {

std::string created(const Account& account) {
  return "CREATE USER '" + account.name + "'@'%' IDENTIFIED BY '" + account.password + "';\n";
}

std::string granted(const std::string& privileges, const std::string& object, const Account& account) {
  return "GRANT " + privileges + " ON " + object + " TO '" + account.name + "'@'%';\n";
}

// What SHOW SLAVE/REPLICA STATUS, SHOW SLAVE HOSTS/REPLICAS, SHOW MASTER/BINARY LOG STATUS, the processlist and the
// replication credentials need.
std::string probing_grants(Flavour flavour, const Account& account) {
  switch (flavour) {
    case Flavour::mariadb:
      return granted("PROCESS, BINLOG MONITOR, SLAVE MONITOR, REPLICATION MASTER ADMIN", "*.*", account);
    case Flavour::mysql:
      return granted("PROCESS, REPLICATION CLIENT, REPLICATION SLAVE", "*.*", account) +
             granted("SELECT", "performance_schema.*", account) + granted("SELECT", "mysql.slave_master_info", account);
  }
  throw std::logic_error("no such flavour");
}

}  // namespace

Account root_account() {
  return {"root", "sandbox root password"};
}
Account topology_account() {
  return {"orchestrator", "sandbox topology password"};
}
Account replication_account() {
  return {"repl", "sandbox replication password"};
}
Account application_account() {
  return {"app", "sandbox application password"};
}

std::string account_statements(Flavour flavour) {
  const Account topology = topology_account();
  const Account replication = replication_account();
  const Account application = application_account();
  std::string statements;
  // mariadb-install-db runs this without grant tables until they are loaded.
  // Its own accounts have no password and would win for 127.0.0.1.
  if (flavour == Flavour::mariadb) {
    statements += "DELETE FROM mysql.global_priv WHERE User IN ('', 'root');\nFLUSH PRIVILEGES;\n";
  }
  statements += created(root_account()) + "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;\n";
  statements += created(topology) + probing_grants(flavour, topology) + granted("SELECT", "meta.*", topology);
  statements += created(replication) + granted("REPLICATION SLAVE", "*.*", replication);
  statements += created(application) + granted("ALL", "app.*", application);
  return statements;
}

}  // namespace sandbox
