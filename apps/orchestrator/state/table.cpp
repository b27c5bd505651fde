// Generates the SQL of a table.
#include "state/table.hpp"

#include <algorithm>

namespace orchestrator::state {
namespace {

template <class Keep, class Print>
std::string join(const std::vector<ColumnText>& columns, std::string_view separator, Keep keep, Print print) {
  std::string text;
  for (const auto& column : columns) {
    if (!keep(column)) continue;
    if (!text.empty()) text += separator;
    text += print(column);
  }
  return text;
}

bool in_key(const ColumnText& column) {
  return column.in_key;
}
bool any(const ColumnText&) {
  return true;
}
std::string name_of(const ColumnText& column) {
  return std::string(column.name);
}
std::string definition_of(const ColumnText& column) {
  return std::string(column.name) + " " + std::string(column.definition);
}

}  // namespace

std::vector<std::string> migration_of(const TableText& table, int version) {
  const std::string name(table.name);
  if (version < table.since) return {};
  if (version == table.since) {
    const auto columns =
        join(table.columns, ", ", [&](const ColumnText& column) { return column.since <= version; }, definition_of);
    return {"CREATE TABLE " + name + " (" + columns + ", PRIMARY KEY (" + join(table.columns, ", ", in_key, name_of) +
            "))"};
  }
  std::vector<std::string> steps;
  for (const auto& column : table.columns) {
    if (column.since == version) steps.push_back("ALTER TABLE " + name + " ADD COLUMN " + definition_of(column));
  }
  return steps;
}

std::string upsert_text(const TableText& table) {
  const auto names = join(table.columns, ", ", any, name_of);
  const auto parameters = join(table.columns, ", ", any, [](const ColumnText&) { return std::string("?"); });
  const auto updates = join(
      table.columns, ", ", [](const ColumnText& column) { return !column.in_key; },
      [](const ColumnText& column) { return name_of(column) + " = excluded." + name_of(column); });
  return "INSERT INTO " + std::string(table.name) + " (" + names + ") VALUES (" + parameters + ") ON CONFLICT (" +
         join(table.columns, ", ", in_key, name_of) + ") DO UPDATE SET " + updates;
}

std::string select_text(const TableText& table) {
  return "SELECT " + join(table.columns, ", ", any, name_of) + " FROM " + std::string(table.name) + " ORDER BY " +
         join(table.columns, ", ", in_key, name_of);
}

std::string delete_text(const TableText& table) {
  return "DELETE FROM " + std::string(table.name) + " WHERE " +
         join(table.columns, " AND ", in_key, [](const ColumnText& column) { return name_of(column) + " = ?"; });
}

}  // namespace orchestrator::state
