// SQL from columns.
#include "state/table.hpp"

#include <SQLiteCpp/Database.h>

#include "catch.hpp"
#include "state/schema.hpp"

namespace orchestrator::state {
namespace {

struct Row {
  InstanceKey key;
  std::string text;
  Time time{};
};

const Table<Row>& table() {
  static const Table<Row> sample("sample",
                                 {column<Row, &Row::key, &InstanceKey::hostname>("hostname").key(),
                                  column<Row, &Row::key, &InstanceKey::port>("port").key(),
                                  column<Row, &Row::text>("text"), column<Row, &Row::time>("time").since(3)},
                                 2);
  return sample;
}

}  // namespace

TEST_CASE("A column table gives creation, later columns, and statements") {
  CHECK(migration_of(table().text(), 1).empty());
  CHECK(
      migration_of(table().text(), 2) ==
      std::vector<std::string>{"CREATE TABLE sample (hostname TEXT NOT NULL DEFAULT '', port INTEGER NOT NULL DEFAULT "
                               "0, text TEXT NOT NULL DEFAULT '', PRIMARY KEY (hostname, port))"});
  CHECK(migration_of(table().text(), 3) ==
        std::vector<std::string>{"ALTER TABLE sample ADD COLUMN time INTEGER NOT NULL DEFAULT 0"});
  CHECK(migration_of(table().text(), 4).empty());
  CHECK(
      table().upsert() ==
      "INSERT INTO sample (hostname, port, text, time) VALUES (?, ?, ?, ?) ON CONFLICT (hostname, port) DO UPDATE SET "
      "text = excluded.text, time = excluded.time");
  CHECK(table().select() == "SELECT hostname, port, text, time FROM sample ORDER BY hostname, port");
  CHECK(table().remove() == "DELETE FROM sample WHERE hostname = ? AND port = ?");
}

TEST_CASE("A row written before a column existed reads back with its default") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  for (const auto& step : migration_of(table().text(), 2)) database.exec(step);
  database.exec("INSERT INTO sample (hostname, port, text) VALUES ('h', 1, 'old')");
  for (const auto& step : migration_of(table().text(), 3)) database.exec(step);
  SQLite::Statement select(database, table().select());
  REQUIRE(select.executeStep());
  const auto row = table().read(select);
  CHECK(row.key == InstanceKey{"h", 1});
  CHECK(row.text == "old");
  CHECK(row.time == Time{});
}

TEST_CASE("Every version of the schema has steps") {
  for (int version = 1; version <= schema_version; ++version) CHECK_FALSE(migration_steps(version).empty());
}

}  // namespace orchestrator::state
