// SQL from layouts.
#include "state/tables.hpp"

#include <SQLiteCpp/Database.h>

#include <set>

#include "catch.hpp"

namespace orchestrator::state {
namespace {

const LayoutText& sample() {
  static const LayoutText layout{7,
                                 "sample",
                                 2,
                                 {{1, "hostname", ValueType::text, 2, Role::key},
                                  {2, "port", ValueType::number, 2, Role::key},
                                  {3, "text", ValueType::text, 2, Role::plain},
                                  {4, "time", ValueType::number, 3, Role::plain}}};
  return layout;
}

}  // namespace

TEST_CASE("A layout gives creation, later columns, and statements") {
  CHECK(migration_of(sample(), 1, Dialect::sqlite).empty());
  CHECK(migration_of(sample(), 2, Dialect::sqlite) ==
        std::vector<std::string>{"CREATE TABLE `sample` (`hostname` TEXT NOT NULL DEFAULT '', `port` INTEGER NOT NULL "
                                 "DEFAULT 0, `text` TEXT NOT NULL DEFAULT '', PRIMARY KEY (`hostname`, `port`))"});
  CHECK(migration_of(sample(), 2, Dialect::mysql) ==
        std::vector<std::string>{"CREATE TABLE `sample` (`hostname` VARCHAR(255) NOT NULL DEFAULT '', `port` BIGINT "
                                 "NOT NULL DEFAULT 0, `text` LONGTEXT NOT NULL, PRIMARY KEY (`hostname`, `port`)) "
                                 "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"});
  CHECK(migration_of(sample(), 3, Dialect::sqlite) ==
        std::vector<std::string>{"ALTER TABLE `sample` ADD COLUMN `time` INTEGER NOT NULL DEFAULT 0"});
  CHECK(migration_of(sample(), 4, Dialect::sqlite).empty());
  CHECK(put_text(sample(), "other") == "REPLACE INTO `other` (`hostname`, `port`, `text`, `time`) VALUES (?, ?, ?, ?)");
  CHECK(select_text(sample()) == "SELECT `hostname`, `port`, `text`, `time` FROM `sample`");
  CHECK(key_columns_text(sample()) == "`hostname`, `port`");
  CHECK(key_condition_text(sample()) == "`hostname` = ? AND `port` = ?");
}

TEST_CASE("Tables, columns and their numbers are told apart, and every table has a key") {
  std::set<std::string_view> names;
  std::set<std::uint32_t> numbers;
  for (const auto* table : table_layouts()) {
    CAPTURE(table->name);
    CHECK(names.insert(table->name).second);
    CHECK(numbers.insert(table->number).second);
    CHECK_FALSE(key_columns_text(*table).empty());
    std::set<std::string_view> columns;
    std::uint32_t before = 0;
    for (const auto& column : table->fields) {
      CAPTURE(column.name);
      CHECK(columns.insert(column.name).second);
      CHECK(column.id > before);
      CHECK(column.since <= state_version);
      CHECK(column.type != ValueType::record);
      before = column.id;
    }
  }
}

TEST_CASE("A new database and one that went through every version have the same tables") {
  SQLite::Database upgraded(":memory:", SQLite::OPEN_READWRITE);
  SQLite::Database made(":memory:", SQLite::OPEN_READWRITE);
  for (int version = 1; version <= state_version; ++version) {
    for (const auto& step : migration_steps(version, Dialect::sqlite)) upgraded.exec(step);
  }
  for (const auto* table : table_layouts()) made.exec(create_text(*table, table->name, Dialect::sqlite));
  for (const auto* table : table_layouts()) {
    CAPTURE(table->name);
    SQLite::Statement(made, select_text(*table)).executeStep();
    SQLite::Statement(upgraded, select_text(*table)).executeStep();
  }
  CHECK(upgraded.execAndGet("SELECT count(*) FROM sqlite_master WHERE type = 'table'").getInt() ==
        static_cast<int>(table_layouts().size()));
}

}  // namespace orchestrator::state
