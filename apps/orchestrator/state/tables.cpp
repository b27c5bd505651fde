// Generates the SQL of tables.
#include "state/tables.hpp"

#include <fmt/format.h>

namespace orchestrator::state {
namespace {

template <class Keep, class Print>
std::string join(const LayoutText& table, std::string_view separator, Keep keep, Print print) {
  std::string text;
  for (const auto& field : table.fields) {
    if (!keep(field)) continue;
    if (!text.empty()) text += separator;
    text += print(field);
  }
  return text;
}

bool in_key(const FieldText& field) {
  return field.in_key();
}
bool any(const FieldText&) {
  return true;
}
// Both dialects know backticks.
std::string name_of(const FieldText& field) {
  return fmt::format("`{}`", field.name);
}

std::string_view type_of(const FieldText& field, Dialect dialect) {
  if (field.type == ValueType::number) {
    return dialect == Dialect::sqlite ? "INTEGER NOT NULL DEFAULT 0" : "BIGINT NOT NULL DEFAULT 0";
  }
  if (dialect == Dialect::sqlite) return "TEXT NOT NULL DEFAULT ''";
  return field.in_key() ? "VARCHAR(255) NOT NULL DEFAULT ''" : "LONGTEXT NOT NULL";
}

std::string create_text(const LayoutText& table, std::string_view name, int version, Dialect dialect) {
  const auto columns = join(
      table, ", ", [&](const FieldText& field) { return field.since <= version; },
      [&](const FieldText& field) { return fmt::format("{} {}", name_of(field), type_of(field, dialect)); });
  return fmt::format(
      "CREATE TABLE `{}` ({}, PRIMARY KEY ({})){}", name, columns, key_columns_text(table),
      dialect == Dialect::mysql ? " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" : "");
}

std::vector<const LayoutText*> all_replicated() {
  std::vector<const LayoutText*> layouts;
  for_each_record([&]<class Row>(std::type_identity<Row>) { layouts.push_back(&layout_of<Row>().text()); });
  return layouts;
}

}  // namespace

const std::vector<const LayoutText*>& replicated_layouts() {
  static const auto layouts = all_replicated();
  return layouts;
}

const std::vector<const LayoutText*>& table_layouts() {
  static const auto layouts = [] {
    auto all = all_replicated();
    all.push_back(&layout_of<AppliedIndex>().text());
    return all;
  }();
  return layouts;
}

std::vector<std::string> migration_of(const LayoutText& table, int version, Dialect dialect) {
  if (version < table.since) return {};
  if (version == table.since) return {create_text(table, table.name, version, dialect)};
  std::vector<std::string> steps;
  for (const auto& field : table.fields) {
    if (field.since != version) continue;
    steps.push_back(
        fmt::format("ALTER TABLE `{}` ADD COLUMN {} {}", table.name, name_of(field), type_of(field, dialect)));
  }
  return steps;
}

std::vector<std::string> migration_steps(int version, Dialect dialect) {
  std::vector<std::string> steps;
  for (const auto* table : table_layouts()) {
    for (auto& step : migration_of(*table, version, dialect)) steps.push_back(std::move(step));
  }
  // Tables are replaced by others as a whole when a snapshot is restored, and small: they have no indexes but their
  // keys.
  if (dialect == Dialect::sqlite && version == 1) {
    steps.emplace_back("CREATE INDEX instance_cluster_id ON instance (cluster_id)");
  }
  if (dialect == Dialect::sqlite && version == 2) steps.emplace_back("DROP INDEX instance_cluster_id");
  return steps;
}

std::string create_text(const LayoutText& table, std::string_view name, Dialect dialect) {
  return create_text(table, name, state_version, dialect);
}

std::string put_text(const LayoutText& table, std::string_view name) {
  return fmt::format("REPLACE INTO `{}` ({}) VALUES ({})", name, join(table, ", ", any, name_of),
                     join(table, ", ", any, [](const FieldText&) { return std::string("?"); }));
}

std::string staging_name(const LayoutText& table) {
  return fmt::format("staging_{}", table.name);
}

std::vector<std::string> staging_steps(Dialect dialect) {
  std::vector<std::string> steps;
  for (const auto* table : table_layouts()) {
    steps.push_back(fmt::format("DROP TABLE IF EXISTS `{}`", staging_name(*table)));
    if (dialect == Dialect::mysql) steps.push_back(fmt::format("DROP TABLE IF EXISTS `replaced_{}`", table->name));
    steps.push_back(create_text(*table, staging_name(*table), dialect));
  }
  return steps;
}

std::vector<std::string> swap_steps(Dialect dialect) {
  std::vector<std::string> steps;
  std::string renames;
  for (const auto* table : table_layouts()) {
    const auto staged = staging_name(*table);
    switch (dialect) {
      case Dialect::sqlite:
        steps.push_back(fmt::format("DROP TABLE `{}`", table->name));
        steps.push_back(fmt::format("ALTER TABLE `{}` RENAME TO `{}`", staged, table->name));
        break;
      case Dialect::mysql:
        // Statements about tables are no part of transactions there; one RENAME is all or nothing.
        renames +=
            fmt::format("{0}`{1}` TO `replaced_{1}`, `{2}` TO `{1}`", renames.empty() ? "" : ", ", table->name, staged);
        break;
    }
  }
  if (!renames.empty()) steps.push_back("RENAME TABLE " + renames);
  return steps;
}

std::string select_text(const LayoutText& table) {
  return fmt::format("SELECT {} FROM `{}`", join(table, ", ", any, name_of), table.name);
}

std::string key_columns_text(const LayoutText& table) {
  return join(table, ", ", in_key, name_of);
}

std::string key_condition_text(const LayoutText& table) {
  return join(table, " AND ", in_key, [](const FieldText& field) { return name_of(field) + " = ?"; });
}

std::vector<ValueType> types_of(const LayoutText& table) {
  std::vector<ValueType> types;
  types.reserve(table.fields.size());
  for (const auto& field : table.fields) types.push_back(field.type);
  return types;
}

}  // namespace orchestrator::state
