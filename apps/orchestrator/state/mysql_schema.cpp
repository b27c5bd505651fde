// Tables, versions and privileges on a MySQL or MariaDB server.
#include "state/mysql_schema.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace orchestrator::state {
namespace {

constexpr unsigned unknown_database = 1049;

// What has been done before, when a migration was cut off: tables are not part of transactions there.
bool is_done_already(unsigned number) {
  switch (number) {
    case 1050:  // the table exists
    case 1060:  // the column exists
    case 1061:  // the index exists
    case 1091:  // what is to be dropped does not exist
      return true;
    default:
      return false;
  }
}

constexpr std::string_view version_table =
    "CREATE TABLE IF NOT EXISTS `schema_version` (`id` BIGINT NOT NULL PRIMARY KEY, `version` BIGINT NOT NULL) "
    "ENGINE=InnoDB";

// A privilege, and a statement that is refused without it and harmless with it: there is no table of that name.
struct Need {
  std::string_view privilege;
  std::string_view statement;
};
constexpr std::array needs = {Need{"SELECT", "SELECT 1 FROM `missing_table`"},
                              Need{"INSERT", "INSERT INTO `missing_table` VALUES (1)"},
                              Need{"DELETE", "DELETE FROM `missing_table`"},
                              Need{"CREATE", version_table},
                              Need{"ALTER", "ALTER TABLE `missing_table` ADD COLUMN `a` INT"},
                              Need{"DROP", "DROP TABLE `missing_table`"}};

std::string account_of(MysqlConnection& connection) {
  const auto user = connection.execute("SELECT CURRENT_USER()");
  const std::string account(user.row(0).text(std::size_t{0}));
  const auto at = account.rfind('@');
  return fmt::format("{}@{}", mysql_literal(account.substr(0, at)), mysql_literal(account.substr(at + 1)));
}

[[noreturn]] void refuse(MysqlConnection& connection, const std::string& database,
                         const std::vector<std::string_view>& missing) {
  throw DatabaseFailure{
      make_error(Errc::access_denied, fmt::format("run: GRANT {} ON {}.* TO {}", fmt::join(missing, ", "),
                                                  mysql_identifier(database), account_of(connection)))};
}

[[noreturn]] void refuse_all(MysqlConnection& connection, const std::string& database) {
  std::vector<std::string_view> all;
  for (const auto& need : needs) all.push_back(need.privilege);
  refuse(connection, database, all);
}

void check_privileges(MysqlConnection& connection, const std::string& database) {
  std::vector<std::string_view> missing;
  for (const auto& need : needs) {
    const auto tried = connection.query(std::string(need.statement));
    if (tried.failure && is_denial(tried.failure->number)) missing.push_back(need.privilege);
  }
  if (!missing.empty()) refuse(connection, database, missing);
}

// Whether there are tables, and ours is not one of them.
bool is_foreign(MysqlConnection& connection) {
  const std::string tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()";
  return connection.number(tables) > 0 && connection.number(tables + " AND table_name = 'schema_version'") == 0;
}

void migrate(MysqlConnection& connection, std::int64_t version) {
  for (int next = static_cast<int>(version) + 1; next <= state_version; ++next) {
    for (const auto& step : migration_steps(next, Dialect::mysql)) {
      const auto done = connection.query(step);
      if (done.failure && !is_done_already(done.failure->number)) throw connection.failure_of(*done.failure);
    }
    connection.execute(fmt::format("REPLACE INTO `schema_version` (`id`, `version`) VALUES (1, {})", next));
  }
}

}  // namespace

void use_mysql_database(MysqlConnection& connection, const std::string& database) {
  const auto used = connection.query("USE " + mysql_identifier(database));
  if (!used.failure) return;
  if (is_denial(used.failure->number)) refuse_all(connection, database);
  throw connection.failure_of(*used.failure);
}

void prepare_mysql(MysqlConnection& connection, const std::string& database) {
  const auto used = connection.query("USE " + mysql_identifier(database));
  if (used.failure && used.failure->number == unknown_database) {
    const auto created =
        connection.query(fmt::format("CREATE DATABASE {} CHARACTER SET utf8mb4", mysql_identifier(database)));
    if (created.failure && is_denial(created.failure->number)) refuse_all(connection, database);
  }
  use_mysql_database(connection, database);
  if (is_foreign(connection)) {
    throw DatabaseFailure{
        make_error(Errc::foreign, fmt::format("database {}: name another one (the Go version's cannot be taken over)",
                                              mysql_identifier(database)))};
  }
  check_privileges(connection, database);
  const auto version = connection.number("SELECT `version` FROM `schema_version`");
  if (version > state_version) {
    throw DatabaseFailure{
        make_error(Errc::schema_too_new, fmt::format("database {}: schema version {}, known up to {}",
                                                     mysql_identifier(database), version, state_version))};
  }
  migrate(connection, version);
}

}  // namespace orchestrator::state
